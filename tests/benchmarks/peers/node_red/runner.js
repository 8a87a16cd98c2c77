// Node-RED, headless and without a server: a workload as wired function nodes or built-in nodes.
//
// It speaks the protocol of tests/benchmarks/lane.py: the first line of standard input is the
// workload, every further line asks for a lap. Its argument, "function" or "builtin", says what a block
// is. Flows are deployed outside the timing. The heap is not collected between laps: V8 would
// throw its compiled code away and every lap would start cold.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const RED = require("node-red");

const builtin = process.argv[2] === "builtin";
const userDir = fs.mkdtempSync(path.join(os.tmpdir(), "node-red-"));
const base = process.resourceUsage().maxRSS * 1024;
let arrived = () => {};

const settings = {
  userDir,
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { arrived: () => arrived() },
};

// A block behind several others counts their messages and passes on the last.
const gather = (count) => `
  const seen = (context.get("seen") || 0) + 1;
  context.set("seen", seen % ${count});
  if (seen < ${count}) return null;
  return msg;`;

const pausing = (seconds) => `setTimeout(() => node.send(msg), ${seconds * 1000}); return null;`;

function behaviour(parents, pause) {
  if (parents.length > 1) return { type: "function", func: gather(parents.length) };
  if (builtin && pause)
    return { type: "delay", pauseType: "delay", timeout: String(pause * 1000), timeoutUnits: "milliseconds" };
  if (builtin) return { type: "change", rules: [{ t: "set", p: "status", pt: "msg", to: "ok", tot: "str" }] };
  return { type: "function", func: pause ? pausing(pause) : "return msg;" };
}

function draw(work) {
  const children = work.parents.map(() => []);
  work.parents.forEach((above, id) => above.forEach((parent) => children[parent].push(String(id))));
  const place = { z: "tab", x: 0, y: 0 };
  const blocks = work.parents.map((above, id) => ({
    ...place,
    id: String(id),
    wires: [children[id].length ? children[id] : ["end"]],
    ...behaviour(above, work.pause),
  }));
  const end = { ...place, id: "end", type: "function", func: 'global.get("arrived")();', wires: [[]] };
  return [{ id: "tab", type: "tab", label: work.name }, ...blocks, end];
}

const flowsStarted = () => new Promise((resolve) => RED.events.once("flows:started", resolve));

async function deploy(work) {
  const started = flowsStarted();
  await RED.runtime.flows.setFlows({ flows: { flows: draw(work) }, deploymentType: "full" });
  await started;
}

async function lap(work) {
  const roots = work.roots.map((id) => RED.nodes.getNode(String(id)));
  let expected = work.leaves.length * work.runs;
  const begun = process.hrtime.bigint();
  await new Promise((resolve) => {
    arrived = () => { if (--expected === 0) resolve(); };
    for (let run = 0; run < work.runs; run++)
      for (const root of roots) root.receive({ payload: work.payload });
  });
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const tasks = work.runs * work.parents.length;
  return { seconds, tasks, notes: {}, added_bytes: process.resourceUsage().maxRSS * 1024 - base };
}

async function main() {
  RED.init(settings);
  const started = flowsStarted();
  await RED.start();
  await started;
  let work = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (work) fs.writeSync(1, JSON.stringify(await lap(work)) + "\n");
    else await deploy((work = JSON.parse(line)));
  }
  await RED.stop();
  fs.rmSync(userDir, { recursive: true, force: true });
  process.exit(0);
}

main();
