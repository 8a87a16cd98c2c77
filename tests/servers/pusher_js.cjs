// pusher-js, told what to do on standard input, telling what it hears on standard output.
const [folder, settings] = process.argv.slice(2);
const { port, key, auth } = JSON.parse(settings);
const Pusher = require(folder + "/dist/node/pusher.js");

const say = (event, data, channel = "") =>
  process.stdout.write(JSON.stringify({ event, channel, data }) + "\n");

const pusher = new Pusher(key, {
  cluster: "none", wsHost: "127.0.0.1", wsPort: port, forceTLS: false,
  enabledTransports: ["ws"], disableStats: true,
  ...(auth && {
    channelAuthorization: {
      endpoint: auth.address + "/pusher/auth", headers: auth.headers, params: auth.params },
    userAuthentication: {
      endpoint: auth.address + "/pusher/user-auth", headers: auth.headers, params: auth.params },
  }),
});

for (const state of ["connected", "disconnected", "unavailable", "failed"])
  pusher.connection.bind(state, () => say(state, { socket_id: pusher.connection.socket_id }));
pusher.connection.bind("error", (error) => say("error", error));
pusher.connection.bind("message", ({ event, channel, data }) => {
  if (event === "pusher_internal:subscription_succeeded") say(event, data, channel);
});
pusher.bind_global((event, data) => {
  if (!event.startsWith("pusher_internal:")) say(event, data, "*");
});
pusher.user.bind_global((event, data) => say(event, data, "user"));

const ways = {
  subscribe({ channel }) {
    const joined = pusher.subscribe(channel);
    joined.bind_global((event, data) => {
      if (event === "pusher:subscription_succeeded" && joined.members)
        data = { me: joined.members.myID, members: joined.members.members };
      say(event, data, channel);
    });
  },
  unsubscribe: ({ channel }) => pusher.unsubscribe(channel),
  trigger: ({ channel, event, data }) => pusher.channel(channel).trigger(event, data),
  send: ({ event, data }) => pusher.send_event(event, data),
  signin: () => pusher.signin(),
  disconnect: () => pusher.disconnect(),
  connect: () => pusher.connect(),
};

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const wish = JSON.parse(line);
  ways[wish.do](wish);
}).on("close", () => process.exit());
