// An examiner: they write a blueprint, mend its mistakes, keep it, see what it asks, and assign it. Then they follow
// how a candidate sits it, give extra time, stop the clock, and decide about the grade.
// node examiner.mjs ADDRESS SCENARIO CANDIDATE PICTURES
import assert from "node:assert/strict";
import { accessible, launch, open, pictures, sees } from "./page.mjs";

const [address, scenario, candidate, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const visitor = async () => open(await browser.newContext(), failures);

const blueprint = (minutes, asked) => `title: Second term
minutes: ${minutes}
pass: 50
feedback: score
questions:
  - {scenario: ${asked}, points: 10}
`;

const examiner = await visitor();
await examiner.goto(address);
await examiner.goto(at("/people"));
await examiner.locator('form[action="/people/invitations"] select[name="role"]').selectOption("learner");
await examiner.getByRole("button", { name: "Create an invitation" }).click();
const ada = await visitor();
await ada.goto(await examiner.getByLabel("Link").inputValue());
await ada.getByLabel("Name").fill(candidate);
await ada.getByLabel("Password").fill("four words of mine");
await ada.getByRole("button", { name: "Create the account" }).click();
await ada.getByRole("heading", { name: "What to do next" }).waitFor();

const text = examiner.locator('textarea[name="text"]');

// A text with a mistake is shown with it, at its line; the text is not lost.
await examiner.getByRole("link", { name: "Exams", exact: true }).click();
await examiner.getByRole("link", { name: "Your blueprints" }).click();
await examiner.getByText("You keep none yet").waitFor();
await pictures(examiner, folder, "blueprints");
await examiner.getByLabel("Name").fill("term");
await text.fill(blueprint(8, "git-merge-conflit"));
await examiner.keyboard.press("Tab");
await examiner.keyboard.press("Enter"); // “Look for mistakes”
await examiner.getByText(/term\.yaml:6:\d+: .*git-merge-conflit/).waitFor();
await examiner.getByText("This text is not kept yet.").waitFor();
assert.match(await text.inputValue(), /^title: Second term\n/);
await pictures(examiner, folder, "blueprint-mistakes");

// A file is kept. The page says whether its par times fit, and what it asks at a seed.
await examiner.goto(at("/blueprints"));
await examiner.getByLabel("File").setInputFiles({ name: "term.yaml", mimeType: "application/yaml", buffer: Buffer.from(blueprint(8, scenario)) });
await examiner.getByRole("button", { name: "Keep it" }).click();
await examiner.waitForURL("**/blueprints/term");
await examiner.getByText(/^It is kept/).waitFor();
await examiner.getByText(/exceed the exam's minutes/).waitFor();
await pictures(examiner, folder, "blueprint");

// Another text replaces it only if they agree.
await text.fill(blueprint(30, scenario));
await examiner.getByRole("button", { name: "Keep it" }).click();
await examiner.getByText("Replace your blueprint term?").waitFor();
await accessible(examiner, "the question before a blueprint is replaced");
await examiner.getByRole("button", { name: "Yes" }).click();
await examiner.getByText("No mistakes.").waitFor();
assert.match(await text.inputValue(), /minutes: 30/);
await examiner.getByLabel("Seed").fill("20");
await examiner.keyboard.press("Enter");
await examiner.getByRole("heading", { name: "What term asks at seed 20" }).waitFor();
await examiner.getByRole("cell", { name: scenario }).waitFor();
await pictures(examiner, folder, "blueprint-draw");

// It is assigned, and sat.
await examiner.goto(at("/groups"));
await examiner.getByLabel("Name").fill("Monday");
await examiner.getByLabel(/^Members/).fill(candidate);
await examiner.getByRole("button", { name: "Create" }).click();
await examiner.getByText("Assign an exam").click();
const form = examiner.locator('form:has(select[name="exam"])');
await form.getByLabel("Title").fill("Final");
await form.locator('select[name="exam"]').selectOption("term");
await form.getByRole("button", { name: "Assign" }).click();
await examiner.getByText("Nothing is assigned yet.").waitFor({ state: "detached" });
const group = examiner.url();
await examiner.goto(at("/examiner"));
await examiner.getByText("There are none.").waitFor();
await examiner.evaluate(() => (globalThis.loaded = "once"));
await ada.goto(at("/"));
await ada.getByRole("button", { name: "Begin the exam Final" }).click();
await ada.waitForURL("**/exams/1");
await ada.getByRole("button", { name: "Go to question 1" }).or(ada.getByRole("link", { name: "Go on with question 1" })).click();
await sees(ada, "$");
await ada.keyboard.press("Control+Shift+Enter");
await ada.locator("#verdicts").getByText("Score 0 of 100").waitFor();

// The list follows, on a page that is not loaded again.
const row = examiner.locator("#live tr", { hasText: candidate });
await row.getByText("1 of 1 · at a terminal").waitFor();
await row.getByText(/^0 of 100 at \d\d:\d\d$/).waitFor();
await row.getByText(/^(29|30) min left$/).waitFor();
assert.equal(await examiner.evaluate(() => globalThis.loaded), "once", "the page was loaded again");
await pictures(examiner, folder, "candidates");

// Extra time can't be taken back, so the page asks. The candidate is told.
await row.getByRole("link").focus();
await examiner.keyboard.press("Enter");
await examiner.getByRole("spinbutton", { name: "Extra time" }).fill("50");
await examiner.getByLabel("Unit").selectOption("percent");
await examiner.getByRole("region", { name: "Extra time" }).getByLabel("Reason").fill("Noise in the yard");
await examiner.getByRole("button", { name: "Give extra time" }).click();
await examiner.getByText(`Give ${candidate} 15 min more?`).waitFor();
await examiner.getByRole("button", { name: "Yes" }).click();
await examiner.getByText(/Extra time: 15 min.*Noise in the yard/).waitFor();
await pictures(examiner, folder, "decide-running");
await ada.locator("#notices").getByText("You have 15 min more").waitFor();
await ada.locator("#left").getByText(/^4\d:\d\d$/).waitFor({ timeout: 5000 });
await pictures(ada, folder, "exam-extra-time");

// A pause closes the candidate's terminals, until the clock runs again.
await examiner.getByRole("region", { name: "Pause" }).getByLabel("Reason").fill("Fire alarm");
await examiner.getByRole("button", { name: "Stop the clock" }).click();
await examiner.getByRole("button", { name: "Let the clock run again" }).waitFor();
await accessible(examiner, "a paused exam");
await ada.getByText(/paused by the examiner/).first().waitFor();
await pictures(ada, folder, "exam-paused");
await examiner.getByRole("button", { name: "Let the clock run again" }).click();
await examiner.getByRole("button", { name: "Stop the clock" }).waitFor();
await sees(ada, "$");
await ada.keyboard.type("echo back $((6 * 7))\n");
await sees(ada, "back 42");

// After the end, they give points by hand, comment, and read the report.
await ada.goto(at("/exams/1"));
await ada.getByRole("button", { name: "Submit the exam" }).click();
await ada.getByRole("button", { name: "Yes" }).click();
await ada.getByText("0 of 10, not passed").waitFor();
await examiner.reload();
await examiner.getByRole("heading", { name: "Points by hand" }).waitFor();
await examiner.getByLabel("Points to give").fill("6");
await examiner.getByLabel("Reason").fill("The plan was right");
await examiner.getByRole("button", { name: "Change the points" }).click();
await examiner.getByText("6 of 10, passed").waitFor();
await examiner.getByLabel("Text, which").fill("Calm <img src=x onerror=\"globalThis.owned=1\">");
await examiner.getByRole("button", { name: "Add the comment" }).click();
await examiner.getByText(`${candidate} can read it`).waitFor();
await examiner.getByRole("button", { name: "Yes" }).click();
await examiner.getByText("Calm <img").waitFor();
await pictures(examiner, folder, "decide");
await ada.reload();
await ada.getByText("6 of 10, passed").waitFor();
await ada.getByText("Calm <img").waitFor();
for (const page of [ada, examiner]) assert.equal(await page.evaluate(() => globalThis.owned), undefined, "a comment was run as a script");
await examiner.getByRole("link", { name: "Open the report" }).click();
await examiner.getByText("The plan was right").first().waitFor();
await examiner.screenshot({ path: `${folder}/decide-report.png`, fullPage: true });
await examiner.goto(`${group}/gradebook`);
await examiner.locator("tr", { hasText: candidate }).getByText("60", { exact: true }).waitFor();
for (const path of ["/examiner", "/examiner/exams/1", "/blueprints", "/blueprints/term"]) {
  assert.ok((await ada.request.get(at(path))).status() >= 403, `a learner sees ${path}`);
}

await browser.close();
// Browsers report as errors the pages that refuse something.
assert.deepEqual(failures, []);
console.log("done");
