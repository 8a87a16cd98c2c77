"use strict";
// Draws an OpenAPI document, with a form to try each endpoint. Needs nothing from elsewhere.

const address = document.body.dataset.document;
const methods = ["get", "post", "put", "patch", "delete"];
const key = document.getElementById("key");
key.value = sessionStorage.getItem("heddle-key") || "";
key.addEventListener("input", () => sessionStorage.setItem("heddle-key", key.value));

function made(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside.filter((one) => one !== null && one !== ""));
  return element;
}

async function begin() {
  const place = document.getElementById("endpoints");
  try {
    const [described, root] = await Promise.all([read(address), read(document.body.dataset.root)]);
    drawVersions(root.versions, described.info.version);
    const drawn = Object.entries(described.paths).flatMap(([path, item]) =>
      methods.filter((one) => item[one]).map((one) => endpoint(described, path, one, item[one])));
    const nothing = "There is no endpoint in this version yet. Publish a flow in the studio's "
      + "Endpoints dock, or by the block Publish endpoint.";
    place.replaceChildren(...(drawn.length ? drawn : [made("p", { className: "quiet" }, nothing)]));
    show();
  } catch (error) {
    place.replaceChildren(made("p", { className: "quiet" }, `It can't be read: ${error.message}`));
  }
}

async function read(path) {
  const reply = await fetch(path);
  if (!reply.ok) throw new Error(`${path} answers ${reply.status}`);
  return reply.json();
}

function drawVersions(versions, current) {
  const links = versions.map((one) => {
    const link = made("a", { href: one.docs }, one.version);
    if (one.version === current) link.setAttribute("aria-current", "page");
    return link;
  });
  document.getElementById("versions").replaceChildren(...(links.length > 1 ? links : []));
}

function show() {
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  if (wanted) { wanted.open = true; wanted.scrollIntoView(); }
}
addEventListener("hashchange", show);

// One endpoint.

function endpoint(described, path, method, operation) {
  const marks = [
    operation.deprecated && made("span", { className: "mark old" }, "deprecated"),
    operation.security.length ? made("span", { className: "mark" }, "key") : "",
    operation.responses["202"] && method !== "get"
      ? made("span", { className: "mark" }, "answers later") : "",
  ].filter(Boolean);
  const head = made("summary", {},
    made("span", { className: `method ${method.toUpperCase()}` }, method.toUpperCase()),
    pathOf(path), made("span", { className: "title" }, operation.summary || ""), ...marks);
  const inside = made("div", { className: "inside" });
  const whole = made("details", { className: "endpoint", id: operation.operationId }, head, inside);
  if (operation.deprecated) whole.classList.add("deprecated");
  whole.addEventListener("toggle", () => {
    if (whole.open && !inside.childElementCount) fill(inside, described, path, method, operation);
  });
  return whole;
}

function pathOf(path) {
  const parts = path.split(/(\{\w+\})/).map((one) =>
    one.startsWith("{") ? made("b", {}, one) : one);
  return made("span", { className: "path" }, ...parts);
}

function fill(inside, described, path, method, operation) {
  const fields = operation.parameters.map((one) => [one, input(one)]);
  const schema = operation.requestBody?.content["application/json"].schema;
  const body = schema && made("textarea", { spellcheck: false,
    value: JSON.stringify(sample(schema, described), null, 2) });
  body?.setAttribute("aria-label", "Body");
  const answer = made("div", {});
  const request = () => requestOf(described, path, method, fields, body);
  const send = made("button", {}, "Send");
  const copy = made("button", { className: "other" }, "Copy as curl");
  send.addEventListener("click", () => ask(request(), send, answer));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(curl(request()));
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy as curl"; }, 1200);
  });
  inside.append(
    operation.description ? made("p", {}, operation.description) : "",
    ...(fields.length ? [made("h2", {}, "Values"), ...fields.map(value)] : []),
    ...(body ? [made("h2", {}, "Body"), ...bodyFields(schema, described), body] : []),
    made("div", { className: "row" }, send, copy), answer,
    made("h2", {}, "Answers"), answers(operation));
}

function value([parameter, field]) {
  return made("div", { className: "value" },
    made("div", {}, made("code", {}, parameter.name), required(parameter.required),
      made("small", {}, `${parameter.in} · ${kind(parameter.schema)}`)),
    made("div", {}, field, about(parameter.description)));
}

function bodyFields(schema, described) {
  return Object.entries(plain(schema, described).properties || {}).map(([name, one]) =>
    made("div", { className: "value" },
      made("div", {}, made("code", {}, name), required((schema.required || []).includes(name))),
      made("div", {}, made("small", {}, kind(one)), about(one.description))));
}

const required = (must) => must ? made("span", { className: "must", title: "required" }, " *") : "";
const about = (text) => text ? made("p", { className: "about" }, text) : "";

function input(parameter) {
  const choices = parameter.schema.enum
    || (parameter.schema.type === "boolean" ? [true, false] : null);
  const field = choices
    ? made("select", {}, made("option", { value: "" }, "–"),
      ...choices.map((one) => made("option", { value: String(one) }, String(one))))
    : made("input", { spellcheck: false, placeholder: hint(parameter.schema) });
  field.setAttribute("aria-label", parameter.name);
  return field;
}

const hint = (schema) => schema.default === undefined || schema.default === null ? ""
  : `default: ${JSON.stringify(schema.default)}`;

function answers(operation) {
  return made("table", {}, ...Object.entries(operation.responses).map(([status, one]) =>
    made("tr", {}, made("td", {}, status), made("td", {}, one.description))));
}

// Schemas.

function plain(schema, described) {
  const way = schema?.$ref?.split("/").slice(1);
  return way ? way.reduce((at, step) => at?.[step], described) || {} : schema || {};
}

function kind(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(kind).join(" | ");
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type || "anything";
  return type === "array" && schema.items ? `array of ${kind(schema.items)}` : type;
}

function sample(given, described, depth = 0) {
  const schema = plain(given, described);
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0], described, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" && depth < 4) {
    return Object.fromEntries(Object.entries(schema.properties || {})
      .map(([name, one]) => [name, sample(one, described, depth + 1)]));
  }
  return { string: "", integer: 0, number: 0, boolean: false, array: [], object: {} }[type] ?? null;
}

// Calls.

function requestOf(described, path, method, fields, body) {
  const query = new URLSearchParams();
  const headers = {};
  let at = described.servers[0].url + path;
  for (const [parameter, field] of fields) {
    const text = field.value;
    if (parameter.in === "path") {
      at = at.replace(`{${parameter.name}}`, encodeURIComponent(text));
    } else if (text === "") {
      continue;
    } else if (parameter.in === "header") {
      headers[parameter.name] = text;
    } else if (parameter.schema.type === "array") {
      text.split(",").forEach((one) => query.append(parameter.name, one.trim()));
    } else {
      query.append(parameter.name, text);
    }
  }
  if (key.value) headers["X-API-Key"] = key.value;
  if (body) headers["Content-Type"] = "application/json";
  const asked = query.toString();
  return { at: at + (asked ? `?${asked}` : ""), method: method.toUpperCase(), headers,
    body: body?.value };
}

function curl(request) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const words = [`curl -X ${request.method} ${quoted(location.origin + request.at)}`];
  for (const [name, text] of Object.entries(request.headers)) {
    words.push(`-H ${quoted(`${name}: ${text}`)}`);
  }
  if (request.body) words.push(`-d ${quoted(request.body)}`);
  return words.join(" \\\n  ");
}

async function ask(request, button, answer) {
  button.disabled = true;
  const began = performance.now();
  try {
    const reply = await fetch(request.at, request);
    const text = await reply.text();
    drawAnswer(answer, reply, text, performance.now() - began);
  } catch (error) {
    answer.replaceChildren(made("pre", {}, String(error)));
  } finally {
    button.disabled = false;
  }
}

function drawAnswer(answer, reply, text, took) {
  const told = [...reply.headers].filter(([name]) =>
    /^(x-ratelimit|retry-after|location|deprecation|sunset|link|idempotency)/.test(name));
  answer.replaceChildren(
    made("div", { className: "row" },
      made("span", { className: `status ${reply.ok ? "good" : "bad"}` },
        `${reply.status} ${reply.statusText}`),
      made("span", { className: "quiet" }, `${Math.round(took)} ms`)),
    ...told.map(([name, one]) => made("div", { className: "headers" }, `${name}: ${one}`)),
    coloured(text));
}

function coloured(text) {
  const pre = made("pre", {});
  let shown = text;
  try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* it is shown as it came */ }
  const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
  let last = 0;
  for (const found of shown.matchAll(tokens)) {
    const [whole, string, colon] = found;
    pre.append(shown.slice(last, found.index),
      made("span", { className: string ? (colon ? "k" : "s") : "n" }, string || whole), colon || "");
    last = found.index + whole.length;
  }
  pre.append(shown.slice(last));
  return pre;
}

begin();
