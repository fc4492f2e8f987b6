// Keeps a teacher's view of a group, and an examiner's of candidates, up to date. HTML from the server was escaped there.
import { follow } from "./follow.js";

const byID = (id) => document.getElementById(id);

const live = byID("live");
if (live) {
  const end = follow(live.dataset.events, {
    live: show,
    over: (html) => {
      end();
      byID("over").innerHTML = html;
    },
  }, {
    lost: () => (byID("over").textContent = "The connection was lost. Connecting again …"),
    back: () => (byID("over").textContent = ""),
  });
}

// show replaces the view, and keeps the focus on the link that has it and the place of what scrolls.
function show(html) {
  const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const left = live.querySelector(".scroll")?.scrollLeft ?? 0;
  live.innerHTML = html;
  const scroll = live.querySelector(".scroll");
  if (scroll) scroll.scrollLeft = left;
  if (focused) [...live.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}
