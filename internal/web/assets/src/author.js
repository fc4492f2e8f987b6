// Keeps a scenario's page up to date while its author edits it. HTML from the server was escaped there.
const byID = (id) => document.getElementById(id);

const page = byID("author");
if (page) {
  const events = new EventSource(page.dataset.events);
  const on = (kind, handle) => events.addEventListener(kind, ({ data }) => handle(data));
  on("notice", (html) => byID("notices").insertAdjacentHTML("beforeend", html));
  on("lint", (html) => (byID("lint").innerHTML = html));
  on("proved", (html) => {
    const open = byID("proved").querySelector("details")?.open;
    byID("proved").innerHTML = html;
    if (open) byID("proved").querySelector("details")?.setAttribute("open", "");
  });
  on("step", (text) => {
    byID("step").textContent = text;
    if (text.endsWith("…")) byID("notices").replaceChildren(); // a new round
  });
}
