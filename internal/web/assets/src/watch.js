// Shows what a learner's terminal shows, as it is recorded.
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal } from "@xterm/xterm";
import { follow } from "./follow.js";
import { followTheme, look } from "./look.js";

const byID = (id) => document.getElementById(id);

const holder = byID("watch");
if (holder) {
  const terminal = new Terminal({ ...look, disableStdin: true, scrollback: 1000 });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = "11";
  followTheme(terminal);
  terminal.open(holder);
  const end = follow(holder.dataset.film, {
    film: (data) => draw(terminal, JSON.parse(data)),
    over: (html) => {
      end();
      byID("over").innerHTML = html;
    },
  });
}

function draw(terminal, { columns, rows, events }) {
  if (columns > 0 && rows > 0) terminal.resize(columns, rows);
  for (const [kind, data] of events) {
    if (kind === "o") terminal.write(data);
    if (kind === "r") resize(terminal, data);
  }
}

function resize(terminal, size) {
  const [columns, rows] = size.split("x").map(Number);
  if (columns > 0 && rows > 0) terminal.write("", () => terminal.resize(columns, rows));
}
