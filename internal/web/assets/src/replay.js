// Plays the recording of a stay in a shell.
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal } from "@xterm/xterm";
import { followTheme, look } from "./look.js";

const longestPause = 2; // seconds; longer ones are shortened

const byID = (id) => document.getElementById(id);

class Film {
  constructor({ columns, rows, events }) {
    Object.assign(this, { columns, rows, at: 0, played: 0 });
    let [before, now] = [0, 0];
    this.events = events.map(([seconds, kind, data]) => {
      now += Math.min(seconds - before, longestPause);
      before = seconds;
      return { at: now, kind, data };
    });
    this.length = now;
    this.terminal = new Terminal({ ...look, cols: columns, rows, disableStdin: true, scrollback: 0 });
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = "11";
    followTheme(this.terminal);
    this.terminal.open(byID("film"));
    byID("play").onclick = () => this.toggle();
    byID("next").onclick = () => this.nextCheck();
    byID("position").oninput = () => this.seek((byID("position").value / 1000) * this.length);
    this.show();
  }

  // seek shows the terminal as it was at a time.
  seek(at) {
    if (at < this.at) {
      this.terminal.reset();
      this.terminal.resize(this.columns, this.rows);
      this.played = 0;
      byID("mark").textContent = "";
    }
    this.at = Math.min(at, this.length);
    for (; this.played < this.events.length && this.events[this.played].at <= this.at; this.played++) this.draw(this.events[this.played]);
    this.show();
  }

  draw({ kind, data }) {
    if (kind === "o") this.terminal.write(data);
    if (kind === "m") byID("mark").textContent = data;
    if (kind === "r") {
      const [columns, rows] = data.split("x").map(Number);
      if (columns > 0 && rows > 0) this.terminal.resize(columns, rows);
    }
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.at >= this.length) this.seek(0);
    let before = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.seek(this.at + ((now - before) / 1000) * Number(byID("speed").value));
      before = now;
      if (this.at >= this.length) this.pause();
    }, 40);
    byID("play").textContent = "Pause";
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    byID("play").textContent = "Play";
  }

  nextCheck() {
    const next = this.events.find(({ at, kind }, i) => kind === "m" && (at > this.at || i >= this.played));
    this.seek(next ? next.at : this.length);
  }

  show() {
    byID("position").value = String(this.length ? Math.round((1000 * this.at) / this.length) : 1000);
    byID("time").textContent = `${Math.round(this.at)} of ${Math.round(this.length)} s`;
  }
}

const page = byID("replay");
if (page) {
  const answer = await fetch(page.dataset.recording);
  if (answer.ok) new Film(await answer.json());
  else byID("mark").textContent = "The recording can't be read.";
}
