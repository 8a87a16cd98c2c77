/**
 * Shows what a Heddle server keeps of user interfaces, and changes it without waiting.
 *
 *   import { UiSync } from "./heddle-ui-sync.js";
 *
 *   const sync = new UiSync("ws://127.0.0.1:8004/ui/live", { token });
 *   const cart = sync.component("cart");
 *   const stop = cart.subscribe(() => draw(cart.value));   // at once, and whenever it changes
 *   await cart.merge({ note: "by noon" });                 // is shown at once, and kept once this is over
 *
 * The first half is what a client knows of a component, as values: nothing in it waits or forgets.
 * The second half is the line to the server. There is nothing else to install.
 */

export const PROTOCOL = "heddle.ui.1";

// What is known of a component.

/** Nothing is known yet: neither a version nor a value, and nobody has changed anything. */
export const UNKNOWN = Object.freeze({ version: null, value: null, pending: [], ahead: [] });

/**
 * The replica with a mutation of one's own, which is shown until the server says what came of it.
 * @param {{id: string, patch?: object[], merge?: any, strict?: boolean}} wish
 */
export function mutated(replica, wish) {
  const over = replica.pending.map((one) => one.mutation.id);
  const mutation = { ...wish, base: replica.version, ...(over.length ? { over } : {}) };
  return { ...replica, pending: [...replica.pending, { mutation, version: null }] };
}

/** The replica after a message of the server. What comes late, or twice, changes nothing. */
export function told(replica, message) {
  switch (message.type) {
    case "state":
      return toldState(replica, message);
    case "change":
      return toldChange(replica, message);
    case "acknowledged":
      return acknowledged(replica, message);
    case "rejected":
      return without(replica, message.id);
    default:
      return replica;
  }
}

/** The replica without versions, where these mean nothing any more; what is open stays so. */
export function forgotten({ value, pending }) {
  return { version: null, value, pending: pending.filter((one) => one.version === null), ahead: [] };
}

/** What is to be seen: what the server has, with one's own mutations that are on their way. */
export function shown(replica) {
  return replica.pending.reduce((value, { mutation }) => fitting(value, mutation), replica.value);
}

/** Whether a change is missing between those that came. */
export function hasGap(replica) {
  return replica.ahead.length > 0;
}

function toldState(replica, { version, value, anew = false }) {
  if (!anew && replica.version !== null && version < replica.version) return replica;
  const isOpen = (one) => one.version === null || (!anew && one.version > version);
  const ahead = anew ? [] : replica.ahead;
  return caughtUp({ version, value, pending: replica.pending.filter(isOpen), ahead });
}

function toldChange(replica, change) {
  if (replica.version !== null && change.version <= replica.version) return replica;
  if (replica.ahead.some((one) => one.version === change.version)) return replica;
  const ahead = [...replica.ahead, change].sort((a, b) => a.version - b.version);
  return caughtUp({ ...replica, ahead });
}

/** Takes in the changes that follow what is known, one after the other. */
function caughtUp(replica) {
  let { version, value, pending } = replica;
  if (version === null) return replica;
  const ahead = replica.ahead.filter((one) => one.version > version);
  while (ahead.length && ahead[0].version === version + 1) {
    const change = ahead.shift();
    value = patched(value, change);
    version = change.version;
    pending = pending.filter(({ mutation }) => mutation.id !== change.id);
  }
  return { version, value, pending, ahead };
}

function acknowledged(replica, { id, version }) {
  const isIn = replica.version !== null && version <= replica.version;
  if (isIn) return without(replica, id);
  const settled = (one) => (one.mutation.id === id ? { ...one, version } : one);
  return { ...replica, pending: replica.pending.map(settled) };
}

function without(replica, id) {
  if (!replica.pending.some(({ mutation }) => mutation.id === id)) return replica;
  return { ...replica, pending: replica.pending.filter(({ mutation }) => mutation.id !== id) };
}

function fitting(value, mutation) {
  try {
    return patched(value, mutation);
  } catch (error) {
    if (error instanceof Misfit) return value; // the server will say so, too
    throw error;
  }
}

// Patches. Values are never changed: what stays the same in them is shared.

/** A patch that doesn't fit what it is for. */
export class Misfit extends Error {}

/** The value with a JSON Patch (RFC 6902) or a merge patch (RFC 7396) applied. Throws Misfit. */
export function patched(value, { patch, merge }) {
  return patch === undefined ? merged(value, merge) : patch.reduce(operated, value);
}

function merged(value, merge) {
  if (!isRecord(merge)) return merge;
  let made = isRecord(value) ? value : {};
  for (const [name, inner] of Object.entries(merge)) {
    const old = Object.hasOwn(made, name) ? made[name] : undefined;
    made = inner === null ? left(made, name) : put(made, name, merged(old, inner));
  }
  return made;
}

function operated(value, { op, path, from, value: given }) {
  switch (op) {
    case "add":
      return added(value, steps(path), known(given, op));
    case "remove":
      return removed(value, steps(path));
    case "replace":
      return replaced(value, steps(path), known(given, op));
    case "move":
      if (path !== from && path.startsWith(`${from}/`)) misfit("it would be inside itself");
      return path === from
        ? (found(value, steps(from)), value)
        : added(removed(value, steps(from)), steps(path), found(value, steps(from)));
    case "copy":
      return added(value, steps(path), found(value, steps(from)));
    case "test":
      if (!same(found(value, steps(path)), known(given, op))) misfit(`${path} is something else`);
      return value;
    default:
      return misfit(`there is no operation ${op}`);
  }
}

function added(value, [step, ...rest], given) {
  if (step === undefined) return given;
  if (rest.length) return within(value, step, (inner) => added(inner, rest, given));
  if (!Array.isArray(value)) return put(record(value), step, given);
  const at = step === "-" ? value.length : index(step, value.length);
  return [...value.slice(0, at), given, ...value.slice(at)];
}

function removed(value, [step, ...rest]) {
  if (step === undefined) return misfit("all can't be removed");
  if (rest.length) return within(value, step, (inner) => removed(inner, rest));
  member(value, step);
  if (!Array.isArray(value)) return left(value, step);
  return value.filter((_, at) => at !== Number(step));
}

function replaced(value, [step, ...rest], given) {
  if (step === undefined) return given;
  if (rest.length) return within(value, step, (inner) => replaced(inner, rest, given));
  member(value, step);
  return Array.isArray(value) ? value.with(Number(step), given) : put(value, step, given);
}

function found(value, place) {
  return place.reduce(member, value);
}

function within(value, step, change) {
  const inner = change(member(value, step));
  return Array.isArray(value) ? value.with(Number(step), inner) : put(value, step, inner);
}

function member(value, step) {
  if (Array.isArray(value)) return value[index(step, value.length - 1)];
  return Object.hasOwn(record(value), step) ? value[step] : misfit(`there is no ${step}`);
}

function index(step, most) {
  const at = /^(0|[1-9][0-9]*)$/.test(step) ? Number(step) : -1;
  return at >= 0 && at <= most ? at : misfit(`there is no member ${step}`);
}

function record(value) {
  return isRecord(value) ? value : misfit("it is no record and no list");
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Also for a member called __proto__, which an assignment would take for something else. */
function put(value, name, inner) {
  const all = { value: inner, enumerable: true, configurable: true, writable: true };
  return Object.defineProperty({ ...value }, name, all);
}

function left(value, name) {
  const { [name]: _, ...rest } = value;
  return rest;
}

function same(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((inner, at) => same(inner, other[at]));
  }
  if (!isRecord(one) || !isRecord(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  );
}

function known(given, op) {
  return given === undefined ? misfit(`${op} needs a value`) : given;
}

function steps(pointer) {
  if (pointer === "") return [];
  if (pointer[0] !== "/") misfit(`${pointer} is no place`);
  return pointer.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function misfit(why) {
  throw new Misfit(why);
}

// The line to the server.

/** A mutation that the server won't do: it has been taken back. `code` and `cure` say more. */
export class Rejected extends Error {
  constructor({ code, message, cure = "" }) {
    super(message);
    this.code = code;
    this.cure = cure;
  }
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
const GREETING = 10_000; // milliseconds in which a server says hello
const SILENCE = 2.5; // heartbeats after which a line is taken for dead

/** A line to a server, which comes back by itself; components are had from it by name. */
export class UiSync {
  /**
   * @param {string} url such as ws://127.0.0.1:8004/ui/live
   * @param {{token?: string, WebSocket?: Function, onProblem?: (message: string) => void}} options
   *   `token` is the server's; where a page may not know it, leave it out and let a proxy add it.
   */
  constructor(url, { token = "", WebSocket = globalThis.WebSocket, onProblem = console.warn } = {}) {
    this.isOpen = false;
    this._url = url;
    this._protocols = [PROTOCOL, ...(token ? [`heddle.token.${token}`] : [])];
    this._WebSocket = WebSocket;
    this._onProblem = onProblem;
    this._components = new Map();
    this._wait = FIRST_WAIT;
    this._store = "";
    this._largest = Infinity;
    this._connect();
  }

  /** The component of a name; the same one whenever it is asked for. */
  component(name) {
    if (!this._components.has(name)) this._components.set(name, new Component(this, name));
    return this._components.get(name);
  }

  /** Hang up, for good. What was not acknowledged stays undone, or not: nobody will tell. */
  close() {
    this._isOver = true;
    clearTimeout(this._timer);
    clearTimeout(this._silence);
    for (const component of this._components.values()) component._end();
    this._socket?.close();
  }

  _connect() {
    const socket = new this._WebSocket(this._url, this._protocols);
    this._socket = socket;
    this._silence = setTimeout(() => this._giveUp(), GREETING);
    socket.onmessage = ({ data }) => socket === this._socket && this._hear(JSON.parse(data));
    socket.onclose = () => socket === this._socket && this._lost();
    socket.onerror = () => {}; // it closes, too
  }

  _lost() {
    this.isOpen = false;
    clearTimeout(this._silence);
    if (this._isOver) return;
    const wait = this._wait * (0.5 + Math.random() / 2);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
    this._timer = setTimeout(() => this._connect(), wait);
  }

  _hear(message) {
    if (message.type === "hello") this._begin(message);
    else if (message.type === "wrong") this._onProblem(`${message.message} ${message.cure}`);
    else this._components.get(message.component)?._hear(message);
    clearTimeout(this._silence);
    this._silence = setTimeout(() => this._giveUp(), this._heartbeat * SILENCE * 1000);
  }

  _begin({ store, heartbeat, largest }) {
    const isAnother = this._store !== "" && this._store !== store;
    [this._store, this._heartbeat, this._largest] = [store, heartbeat, largest];
    [this.isOpen, this._wait] = [true, FIRST_WAIT];
    for (const component of this._components.values()) component._begin(isAnother);
  }

  /** A line that is silent too long leads nowhere, though nobody hung up. */
  _giveUp() {
    const socket = this._socket;
    this._socket = null;
    socket.close();
    this._lost();
  }

  _say(message) {
    if (!this.isOpen) return true; // said again once the line is there
    const text = JSON.stringify(message);
    const fits = text.length <= this._largest && new Blob([text]).size <= this._largest;
    if (fits) this._socket.send(text);
    return fits;
  }
}

/** One component: what it is, who is told when that changes, and how it is changed. */
class Component {
  constructor(sync, name) {
    this.name = name;
    this._sync = sync;
    this._replica = UNKNOWN;
    this._listeners = new Set();
    this._waiting = new Map();
    this._show();
  }

  /** What is to be seen now, while somebody looks; the same object until something changes. */
  get value() {
    return this._shown;
  }

  /** The newest version that the server told, null while nobody looks. */
  get version() {
    return this._replica.version;
  }

  /** How many mutations of one's own nobody has answered yet. */
  get pending() {
    return this._replica.pending.length;
  }

  /** Call the listener whenever something changes; gives a function that ends that. */
  subscribe(listener) {
    const own = () => listener(this); // so that two of the same function are two
    this._listeners.add(own);
    if (this._listeners.size === 1) this._subscribe();
    else if (this.version !== null) own();
    return () => this._unsubscribe(own);
  }

  /** Make it that value. */
  set(value, options) {
    return this.patch([{ op: "replace", path: "", value }], options);
  }

  /** Change it by a merge patch: what is named is changed, null takes away. */
  merge(merge, options) {
    return this._mutate({ merge }, options);
  }

  /**
   * Change it by the operations of a JSON Patch. It is shown at once. The promise is kept once the
   * server has kept it, and broken with Rejected once it is taken back.
   * @param {{strict?: boolean}} options strict: not where others changed the same meanwhile
   */
  patch(patch, options) {
    return this._mutate({ patch }, options);
  }

  _mutate(wish, { strict = false } = {}) {
    if (this.version !== null) patched(this.value, wish); // what can't fit is told at once
    const id = newId();
    this._become(mutated(this._replica, { id, ...wish, ...(strict ? { strict } : {}) }));
    const answered = new Promise((keep, breaks) => this._waiting.set(id, { keep, breaks }));
    answered.catch(() => {}); // it is seen to be taken back, also by whoever doesn't wait for it
    this._send(this._replica.pending.at(-1).mutation);
    return answered;
  }

  _send(mutation) {
    if (!this._sync._say({ type: "mutate", component: this.name, ...mutation })) {
      const message = "The change is too large to be sent.";
      const cure = "Send it over HTTP, or in parts.";
      this._hear({ type: "rejected", id: mutation.id, code: "too_large", message, cure });
    }
  }

  /** First what is still open, then the subscription: so what it did isn't shown twice. */
  _begin(isAnotherStore) {
    if (isAnotherStore) this._replica = forgotten(this._replica);
    this._sendAll();
    if (this._listeners.size) this._subscribe();
  }

  _sendAll() {
    for (const { mutation, version } of this._replica.pending) {
      if (version === null) this._send(mutation);
    }
  }

  _subscribe() {
    const since = this.version === null ? {} : { since: this.version };
    this._sync._say({ type: "subscribe", component: this.name, ...since });
  }

  _unsubscribe(listener) {
    if (!this._listeners.delete(listener) || this._listeners.size) return;
    this._become(forgotten(this._replica)); // nobody tells any more when it is over
    this._sync._say({ type: "unsubscribe", component: this.name });
  }

  _hear(message) {
    if (message.type === "later") this._askLater(message);
    else this._become(this._after(message));
    if (message.type === "acknowledged") this._answered(message.id)?.keep(message);
    if (message.type === "rejected") this._answered(message.id)?.breaks(new Rejected(message));
    if (hasGap(this._replica) && message.type === "change") this._subscribe();
  }

  _after(message) {
    const replica = told(this._replica, message);
    const isLookedAt = this._listeners.size > 0;
    // Nobody tells what came of it where nobody looks, so it isn't waited for.
    return message.type === "acknowledged" && !isLookedAt ? without(replica, message.id) : replica;
  }

  _askLater({ after, id = "" }) {
    clearTimeout(id ? this._later : this._laterStill);
    const again = setTimeout(() => (id ? this._sendAll() : this._subscribe()), after * 1000);
    if (id) this._later = again;
    else this._laterStill = again;
  }

  _end() {
    clearTimeout(this._later);
    clearTimeout(this._laterStill);
  }

  _answered(id) {
    const waiting = this._waiting.get(id);
    this._waiting.delete(id);
    return waiting;
  }

  _become(replica) {
    if (replica === this._replica) return;
    this._replica = replica;
    this._show();
    for (const listener of [...this._listeners]) listener();
  }

  _show() {
    this._shown = shown(this._replica);
  }
}

/** Random enough to be nobody else's; pages without TLS have no randomUUID. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
