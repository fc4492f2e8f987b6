// What can be done with a lab: the page's forms are sent without leaving the page, and what the server
// does is shown as it happens. HTML from the server was escaped there.
import { follow } from "./follow.js";
import { reload } from "./leave.js";

const byID = (id) => document.getElementById(id);
const pollPause = 15000; // milliseconds, unless the page says how many
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Acts {
  constructor(page) {
    this.page = page;
    document.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("click", (event) => event.target.closest("[data-cancel]") && this.cancel(event));
    this.listen();
    setInterval(() => document.hidden || this.busy || this.refresh(), Number(page.dataset.poll ?? pollPause));
    document.addEventListener("visibilitychange", () => document.hidden || this.busy || this.refresh());
  }

  check() {
    byID("check").form.requestSubmit();
  }

  // notice shows a notice of the server.
  notice(html) {
    byID("notices").insertAdjacentHTML("beforeend", html);
  }

  async submit(event) {
    const form = event.target;
    if (!form.hasAttribute("data-act")) return;
    event.preventDefault();
    if (byID("ask").open) byID("ask").close();
    const fields = new URLSearchParams(new FormData(form));
    this.action = form.action;
    this.follow = form.contains(byID("check"));
    try {
      this.place(await fetch(form.action, { method: "POST", body: fields, headers: { "Endstate-Script": "1" } }));
    } catch {
      this.step("The server does not answer.");
    }
  }

  async place(answer) {
    if (answer.status === 204) return this.done();
    if (answer.status === 409) return this.step("Something else is being done. Wait until it is done.");
    const place = answer.headers.get("Endstate-Place");
    if (!place) return answer.status === 202 ? undefined : reload(); // not let in any more
    const html = await answer.text();
    if (place === "notices") return this.notice(html);
    byID(place).innerHTML = html;
    if (place === "ask") byID("ask").showModal();
  }

  // done shows what an act has changed, and empties its form, whose text is used up.
  done() {
    for (const form of document.querySelectorAll("form[data-act]")) if (form.action === this.action) form.reset();
    return this.refresh();
  }

  cancel(event) {
    event.preventDefault();
    byID("ask").close();
  }

  listen() {
    if (!this.page.dataset.events) return;
    follow(`${this.page.dataset.events}?after=${this.page.dataset.after}`, {
      begin: (act) => this.begin(act),
      step: (text) => this.step(text),
      notice: (html) => this.notice(html),
      verdict: (html) => this.verdict(html),
      outcome: (html) => this.outcome(html),
      ready: () => reload(),
      clock: () => this.refresh(["status"]),
      letter: () => this.refresh(["messages"]),
      end: () => this.end(),
      again: () => this.again(),
    });
  }

  // again goes on when another server runs than the one that the page knows. A start that the earlier one
  // did not finish begins again; any other act has ended.
  async again() {
    if (this.page.dataset.start) {
      const body = new URLSearchParams(this.page.dataset.start);
      const answer = await fetch("/labs", { method: "POST", body, headers: { "Endstate-Script": "1" } }).catch(() => undefined);
      if (answer) this.place(answer);
    } else if (this.busy) reload();
  }

  begin(act) {
    this.busy = true;
    byID("notices").replaceChildren();
    if (byID("check")) byID("check").disabled = true;
    if (act !== "check" || !byID("verdicts")) return; // the page of an exam has none
    byID("verdicts").innerHTML = '<ul class="verdicts"></ul>';
    byID("spoken").textContent = "";
    this.reveal(byID("verdicts-title"), "start");
  }

  verdict(html) {
    const list = byID("verdicts").querySelector("ul");
    list?.insertAdjacentHTML("beforeend", html);
    list?.lastElementChild?.classList.add("fresh");
    if (list?.lastElementChild) this.reveal(list.lastElementChild, "nearest");
  }

  // outcome shows the outcome of a check. A screen reader is told of it in one sentence; the verdicts
  // are there to be read.
  outcome(html) {
    if (!byID("verdicts")) return;
    byID("verdicts").innerHTML = html;
    const kinds = { passed: "passed", failed: "failed", skipped: "skipped", ungraded: "could not be graded" };
    const counts = Object.entries(kinds).map(([kind, words]) => [byID("verdicts").querySelectorAll(`.verdict.${kind}`).length, words]);
    const sentence = counts.filter(([count]) => count).map(([count, words]) => `${count} ${words}`).join(", ");
    const score = byID("verdicts").querySelector(".score strong") ?? byID("verdicts").lastElementChild;
    byID("spoken").textContent = [score.textContent, sentence].filter((text) => text).join(": ");
    this.reveal(byID("verdicts").parentElement, "nearest");
  }

  // reveal scrolls to an element of a check that was begun on this page.
  reveal(element, block) {
    if (this.follow) element.scrollIntoView({ block, behavior: calm.matches ? "instant" : "smooth" });
  }

  end() {
    this.busy = false;
    this.step("");
    if (byID("check")) byID("check").disabled = false;
    this.refresh(this.places().filter((id) => id !== "verdicts")); // the outcome is there already
    this.follow = false;
  }

  step(text) {
    byID("step").textContent = text;
  }

  // places are the IDs of the elements that change.
  places() {
    return (this.page.dataset.places ?? "status hints saves verdicts messages").split(" ");
  }

  // refresh shows what has changed since, in this page or elsewhere.
  async refresh(places = this.places()) {
    if (this.page.dataset.ready !== "yes" && !this.page.dataset.state) return; // the server says when it is
    const answer = await fetch(location.pathname).catch(() => undefined);
    if (!answer) return;
    if (!answer.ok || answer.redirected) return reload(); // the lab is gone, and the page says so
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = fresh.getElementById(this.page.id)?.dataset;
    // A page that was ready stays: a command in its terminal may lead elsewhere at this moment.
    if (now?.state !== this.page.dataset.state || (now.ready === "yes" && this.page.dataset.ready !== "yes")) return reload();
    for (const id of places) {
      const [old, now] = [byID(id), fresh.getElementById(id)];
      if (now && old.innerHTML !== now.innerHTML && (id === "messages" || !this.busy)) old.innerHTML = now.innerHTML;
    }
  }
}
