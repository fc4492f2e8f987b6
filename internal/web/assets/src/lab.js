// The page of a lab.
import { Acts } from "./acts.js";
import { showTime } from "./clock.js";
import { Tabs } from "./tabs.js";

const page = document.getElementById("lab");
if (page) {
  const acts = new Acts(page);
  showTime();
  if (page.dataset.ready === "yes") new Tabs(page.dataset.terminals, { check: () => acts.check(), notice: (html) => acts.notice(html) });
  prepareDivider(document.getElementById("divider"));
}

// prepareDivider lets the task be made wider and narrower, with the mouse and with arrow keys.
function prepareDivider(divider) {
  const set = (percent) => {
    const width = Math.max(20, Math.min(80, Math.round(percent)));
    page.style.setProperty("--task", `${width}%`);
    divider.ariaValueNow = String(width);
    localStorage.setItem("width of the task", String(width));
  };
  set(Number(localStorage.getItem("width of the task") ?? 40));
  divider.onpointerdown = (event) => divider.setPointerCapture(event.pointerId);
  divider.onpointermove = (event) => divider.hasPointerCapture(event.pointerId) && set((100 * event.clientX) / page.clientWidth);
  divider.onkeydown = (event) => {
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (step) set(Number(divider.ariaValueNow) + step);
  };
}
