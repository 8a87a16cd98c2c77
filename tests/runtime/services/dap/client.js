// The protocol's own test client, told by lines of JSON what to do: connects to the port that is
// given, or starts the program; sends what comes in, and writes answers and events out.
const { DebugClient } = require(process.argv[2]);
const readline = require("readline");

const EVENTS = [
  "breakpoint", "capabilities", "continued", "exited", "initialized", "invalidated",
  "loadedSource", "memory", "module", "output", "process", "progressEnd", "progressStart",
  "progressUpdate", "stopped", "terminated", "thread",
];
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const client = new DebugClient(process.argv[4] || "", process.argv[5] || "", "heddle");
client.defaultTimeout = 20000;
for (const event of EVENTS) client.on(event, (body) => say(body));

async function obey({ id, command, call, args }) {
  try {
    const answer = call ? await client[call](...args) : await client.customRequest(command, args);
    say({ id, answer: answer === undefined ? null : answer });
  } catch (error) {
    say({ id, error: error.message });
  }
}

const port = Number(process.argv[3]);
client.start(port || undefined).then(() => {
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", (line) => obey(JSON.parse(line)));
  lines.on("close", () => { client.stopAdapter(); process.exit(0); });
  say({ ready: true });
});
