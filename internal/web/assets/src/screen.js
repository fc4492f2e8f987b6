// A terminal of the page: xterm.js joined to a shell in the lab over a WebSocket. The messages are
// described in internal/web/terminal/client.go.
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";
import { drawsFast } from "./graphics.js";
import { go, reload } from "./leave.js";
import { followTheme, look } from "./look.js";
import { scrollPrograms } from "./wheel.js";

const keysAtOnce = 16 << 10; // bytes in a message
const drawnAtOnce = 32 << 10; // bytes that were drawn before the server is told
const keysKept = 256 << 10; // bytes of keys that can be sent again
const firstPause = 500; // milliseconds before the first try to connect again
const longestPause = 8000;

export class Screen {
  // holder is the element that it draws in; keys handles a key before the terminal does, and returns
  // whether it has.
  constructor(holder, { terminals, host, id, keys, notice, reader }) {
    Object.assign(this, { holder, notice, address: `${terminals}/${encodeURIComponent(host)}`, id });
    this.pause = firstPause;
    this.typed = []; // the last keys, byte by byte
    this.before = 0; // how many bytes the shell has taken before them
    this.terminal = new Terminal({
      ...look, scrollback: 5000, screenReaderMode: reader, macOptionIsMeta: true,
    });
    this.fit = new FitAddon();
    this.search = new SearchAddon();
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = "11";
    this.terminal.loadAddon(new WebLinksAddon((_, address) => open(address, "_blank", "noopener,noreferrer")));
    this.terminal.attachCustomKeyEventHandler((event) => !keys(event, this));
    this.encoder = new TextEncoder();
    this.terminal.onData((text) => this.type(this.encoder.encode(text)));
    this.terminal.onBinary((text) => this.type(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    this.terminal.onResize(() => this.sendSize());
    scrollPrograms(this.terminal);
    followTheme(this.terminal);
  }

  // show shows the terminal, and opens its shell when it is shown for the first time.
  show() {
    this.holder.hidden = false;
    if (!this.shown) {
      this.shown = true;
      this.terminal.open(this.holder);
      new ResizeObserver(() => this.resize()).observe(this.holder);
      this.resize();
      this.connect();
    }
    this.drawFast();
    this.terminal.focus();
  }

  hide() {
    this.holder.hidden = true;
    this.drawPlainly(); // browsers give a page few contexts of WebGL
  }

  // drawFast draws with WebGL where that is faster. If the browser takes the context back, the terminal
  // goes on without.
  drawFast() {
    if (this.webgl || !drawsFast()) return;
    try {
      this.webgl = new WebglAddon();
      this.webgl.onContextLoss(() => this.drawPlainly());
      this.terminal.loadAddon(this.webgl);
    } catch {
      this.drawPlainly();
    }
  }

  drawPlainly() {
    this.webgl?.dispose();
    this.webgl = undefined;
  }

  resize() {
    if (!this.holder.hidden && this.holder.clientWidth > 0) this.fit.fit();
  }

  connect() {
    this.over();
    const { cols, rows } = this.terminal;
    const address = new URL(`${this.address}?id=${this.id}&columns=${cols}&rows=${rows}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.drawn = 0;
    this.finished = false;
    this.opened = false;
    this.earlier = this.typed.length;
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.told(JSON.parse(data)) : this.draw(data));
    socket.onclose = (event) => this.closed(event);
  }

  draw(data) {
    const { socket } = this;
    this.terminal.write(new Uint8Array(data), () => {
      this.drawn += data.byteLength;
      if (this.drawn >= drawnAtOnce && socket === this.socket) {
        this.send("a", 4, (view) => view.setUint32(1, this.drawn));
        this.drawn = 0;
      }
    });
  }

  told({ kind, html, again, to, shell, taken = 0 }) {
    if (kind === "open") {
      this.pause = firstPause;
      this.sendSize();
      this.goOn(shell, taken);
      return;
    }
    if (kind === "notice") {
      this.notice(html);
      return;
    }
    this.finished = true; // ended, lost or somewhere else
    if (kind === "go") {
      go(to);
      return;
    }
    if (again) {
      this.later("The lab was reset.");
      return;
    }
    if (html) this.notice(html);
    this.over(kind === "ended" ? "The shell has ended. The lab goes on." : "The shell is gone.", "Open a new shell");
  }

  closed(event) {
    if (this.finished) return;
    if (event.code === 1000 && event.reason === "opened elsewhere") {
      this.over("This terminal was opened in another page.", "Open it here");
      return;
    }
    if (event.code === 1000 && event.reason === "signed out") {
      reload();
      return;
    }
    this.later("The connection was lost. The shell waits for you.");
  }

  // later says what happened, and connects again after a pause.
  later(text) {
    this.over(`${text} Connecting again …`, "Connect now");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(longestPause, this.pause * 2);
  }

  // over shows a text with a button over the terminal, or nothing.
  over(text, label) {
    clearTimeout(this.timer);
    this.holder.querySelector(".over")?.remove();
    if (!text) return;
    const note = document.createElement("div");
    note.className = "note over";
    note.role = "status";
    const button = document.createElement("button");
    button.textContent = label;
    button.onclick = () => {
      this.connect();
      this.terminal.focus();
    };
    note.append(text + " ", button);
    this.holder.append(note);
  }

  // goOn sends the keys that a shell has not taken: those that a lost connection has swallowed, if it is
  // the same shell, and those that were typed since.
  goOn(shell, taken) {
    if (this.opened) {
      this.typed = []; // the server passes on to this shell what the one before has not taken
    } else {
      const missing = taken - this.before;
      const same = shell === this.shell && missing >= 0;
      this.typed.splice(0, same ? missing : this.earlier);
    }
    this.before = taken;
    this.shell = shell;
    if (!this.opened) this.sendKeys(this.typed);
    this.opened = true;
  }

  type(bytes) {
    if (this.socket?.readyState > WebSocket.OPEN) return; // who types sees that the connection is lost
    for (const byte of bytes) this.typed.push(byte);
    const beyond = this.typed.length - keysKept;
    if (beyond > keysKept) { // rarely, as it moves all that is kept
      this.typed.splice(0, beyond);
      this.before += beyond;
    }
    if (this.opened) this.sendKeys(bytes);
  }

  sendKeys(bytes) {
    for (let at = 0; at < bytes.length; at += keysAtOnce) {
      const part = bytes.slice(at, at + keysAtOnce);
      this.send("k", part.length, (view) => new Uint8Array(view.buffer).set(part, 1));
    }
  }

  sendSize() {
    this.send("s", 4, (view) => {
      view.setUint16(1, this.terminal.cols);
      view.setUint16(3, this.terminal.rows);
    });
  }

  // send sends a message of a kind with so many bytes, which fill writes behind the kind.
  send(kind, size, fill) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const message = new DataView(new ArrayBuffer(1 + size));
    message.setUint8(0, kind.charCodeAt(0));
    fill(message);
    this.socket.send(message);
  }

  find(text) {
    this.search.findNext(text);
  }

  copy() {
    if (this.terminal.hasSelection()) navigator.clipboard.writeText(this.terminal.getSelection());
  }
}
