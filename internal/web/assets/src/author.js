// Keeps a scenario's page up to date while its author edits it. HTML from the server was escaped there.
import { follow } from "./follow.js";

const byID = (id) => document.getElementById(id);

const page = byID("author");
if (page) {
  follow(page.dataset.events, {
    notice: (html) => byID("notices").insertAdjacentHTML("beforeend", html),
    lint: (html) => (byID("lint").innerHTML = html),
    proved: (html) => {
      const open = byID("proved").querySelector("details")?.open;
      byID("proved").innerHTML = html;
      if (open) byID("proved").querySelector("details")?.setAttribute("open", "");
    },
    step: (text) => {
      byID("step").textContent = text;
      if (text.endsWith("…")) byID("notices").replaceChildren(); // a new round
    },
  });
}
