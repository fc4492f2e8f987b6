// The terminals of a lab: a tab each, at first one for each host that is open. The browser's tab
// remembers them, so a page that is loaded again gets the same shells.
import { Screen } from "./screen.js";

const byID = (id) => document.getElementById(id);

export class Tabs {
  // terminals is the address that the terminals of the lab are below.
  constructor(terminals, { check, notice }) {
    Object.assign(this, { terminals, check, notice, screens: [], key: `terminals of ${terminals}` });
    this.list = document.createElement("div");
    this.list.className = "tablist";
    this.list.role = "tablist";
    this.list.ariaLabel = "Terminals";
    this.list.onkeydown = (event) => this.arrow(event);
    this.openers = [...byID("tabs").querySelectorAll("[data-open]")];
    byID("tabs").prepend(this.list);
    for (const opener of this.openers) opener.onclick = () => this.select(this.add(opener.dataset.open));
    this.prepareFind();
    this.prepareReader();
    this.prepareFullScreen();
    const known = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    const hosts = this.openers.map((opener) => opener.dataset.open);
    const first = known.filter(({ host }) => hosts.includes(host));
    for (const { host, id } of first.length ? first : hosts.map((host) => ({ host }))) this.add(host, id);
    if (this.screens.length) this.select(this.screens[0]);
  }

  add(host, id = crypto.randomUUID()) {
    const holder = document.createElement("div");
    holder.className = "screen";
    holder.id = `screen-${id}`;
    holder.role = "tabpanel";
    holder.hidden = true;
    byID("screens").append(holder);
    const tab = document.createElement("button");
    const number = this.screens.filter((other) => other.host === host).length + 1;
    tab.textContent = number > 1 ? `${host} ${number}` : host;
    tab.role = "tab";
    tab.id = `tab-${id}`;
    tab.setAttribute("aria-controls", holder.id);
    holder.setAttribute("aria-labelledby", tab.id);
    this.list.append(tab);
    const screen = new Screen(holder, {
      terminals: this.terminals, host, id, notice: this.notice, reader: this.reader, keys: (event, of) => this.keyOf(event, of),
    });
    Object.assign(screen, { host, tab });
    tab.onclick = () => this.select(screen);
    this.screens.push(screen);
    sessionStorage.setItem(this.key, JSON.stringify(this.screens.map(({ host, id }) => ({ host, id }))));
    return screen;
  }

  select(screen) {
    this.selected = screen;
    for (const other of this.screens) {
      const chosen = other === screen;
      other.tab.ariaSelected = String(chosen);
      other.tab.tabIndex = chosen ? 0 : -1;
      if (!chosen) other.hide();
    }
    screen.show();
  }

  arrow(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const count = this.screens.length;
    const next = this.screens[(this.screens.indexOf(this.selected) + step + count) % count];
    this.select(next);
    next.tab.focus();
    event.preventDefault();
  }

  // keyOf handles the page's own keys in a terminal, and returns whether it is one of them.
  keyOf(event, screen) {
    if (!event.ctrlKey || !event.shiftKey) return false;
    const act = {
      Enter: () => this.check(),
      ArrowUp: () => screen.tab.focus(),
      KeyF: () => this.showFind(),
      KeyC: () => screen.copy(),
    }[event.code];
    if (!act) return false;
    if (event.type === "keydown") act();
    event.preventDefault();
    return true;
  }

  prepareFind() {
    byID("find").onsubmit = (event) => {
      event.preventDefault();
      this.selected.find(byID("find-text").value);
    };
    byID("find").onkeydown = (event) => event.key === "Escape" && this.hideFind();
    byID("find-close").onclick = () => this.hideFind();
  }

  showFind() {
    byID("find").hidden = false;
    byID("find-text").focus();
  }

  hideFind() {
    byID("find").hidden = true;
    this.selected.terminal.focus();
  }

  // prepareReader adds the switch for screen readers, which the browser remembers.
  prepareReader() {
    this.reader = localStorage.getItem("screen reader") === "on";
    const button = document.createElement("button");
    button.textContent = "Screen reader";
    button.ariaPressed = String(this.reader);
    button.onclick = () => {
      this.reader = !this.reader;
      button.ariaPressed = String(this.reader);
      localStorage.setItem("screen reader", this.reader ? "on" : "off");
      for (const screen of this.screens) screen.terminal.options.screenReaderMode = this.reader;
    };
    byID("tabs").append(button);
  }

  // prepareFullScreen adds the full screen where the browser can hand over the keys that it keeps for
  // itself otherwise. Escape is one of them: it leaves the full screen only when it is held.
  prepareFullScreen() {
    if (!navigator.keyboard?.lock) return;
    const button = document.createElement("button");
    button.textContent = "Full screen";
    button.onclick = async () => {
      if (document.fullscreenElement) return document.exitFullscreen();
      await byID("lab").requestFullscreen();
      await navigator.keyboard.lock(["Escape", "KeyW", "KeyT", "KeyN"]);
      this.selected.terminal.focus();
    };
    document.addEventListener("fullscreenchange", () => (button.ariaPressed = String(Boolean(document.fullscreenElement))));
    button.ariaPressed = "false";
    byID("tabs").append(button);
    byID("full-screen-keys").hidden = false;
  }
}
