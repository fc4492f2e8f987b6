// A candidate in the browser: an exam that was started elsewhere is on Home. They go on with it, solve its
// question by typing, flag and look at the other one, and close every page. When time is up, the exam is
// graded all the same. Then they start another one, answer nothing, and submit it.
// node exam.mjs ADDRESS EXAM SOLUTION PICTURES
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch, open, patience, pictures, sees } from "./page.mjs";

const [address, exam, solution, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const context = await browser.newContext();
let page = await open(context, failures);
const left = () => page.locator("#left").innerText();

await page.goto(address);
await page.getByRole("link", { name: `Exam ${exam} is running` }).click();
await page.getByRole("button", { name: "Flag question 2" }).click();
await page.getByText("⚑ flagged").waitFor();
await page.getByRole("link", { name: "Go on with question 1" }).click();
await sees(page, "$");
const before = await left();
await page.keyboard.type(`echo ${readFileSync(solution).toString("base64")} | base64 -d >/tmp/repair\n`);
await page.keyboard.type("clear; bash -e /tmp/repair >/dev/null 2>&1; echo repaired: $?\n");
await sees(page, "repaired: 0");
assert.notEqual(await left(), before, "the clock does not tick");

// The score is shown, and nothing else of the check.
await page.keyboard.press("Control+Shift+Enter");
await page.locator("#verdicts").getByText("Score 100 of 100").waitFor();
assert.equal(await page.locator("#verdicts .verdict").count(), 0);

// Every page is closed; the time of the exam goes on.
const end = Date.now() + 1000 * Number(await page.locator("#left").getAttribute("data-left"));
await page.close();
await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now()) + 2000));
page = await open(context, failures);
await page.goto(at(`/exams/${exam}`));
await page.getByText("10 of 20, passed").waitFor({ timeout: 2 * patience }); // the page follows the grading
await page.getByText(/Time was up on/).waitFor();
await pictures(page, folder, "exam-result");
await page.getByRole("link", { name: "See what happened at question 1" }).click();
await page.getByText("Best score: 100 of 100").waitFor();
await page.goto(at(`/exams/${exam}`));
await page.getByRole("link", { name: "Open the report" }).click();
await page.getByText("10 of 20").first().waitFor();

// Another exam, from its rules to its result, by way of a question that is flagged and one that is not.
await page.goto(at("/exams"));
await pictures(page, folder, "exams");
await page.getByRole("link", { name: "Look at “A taste of an exam”" }).click();
await pictures(page, folder, "exam-new");
await page.getByRole("button", { name: "Start the exam" }).click();
await sees(page, "$");
await page.getByRole("button", { name: "Flag", exact: true }).click();
await page.getByRole("button", { name: "Take the flag off" }).waitFor();
await sees(page, "$");
await pictures(page, folder, "exam-question");

// A command in the terminal leads to the next question, and the page goes along, also if that page is slow and the
// old one learns meanwhile that the clock stands.
await page.route(/\/questions\/2$/, async (route) => {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await route.continue();
});
await page.locator(".screen:not([hidden]) .xterm-helper-textarea").focus();
await page.keyboard.type("exam next\n");
await page.waitForURL(/\/questions\/2$/);
await sees(page, "$");
assert.match(await page.locator("#task-side").innerText(), /Question 2 of 2/);
await page.getByRole("link", { name: "All questions" }).click();
await page.getByText("you are here").waitFor();
await pictures(page, folder, "exam");
await page.getByRole("button", { name: "Submit the exam" }).click();
await page.getByRole("dialog").getByText(/End the exam with .* left, 1 flagged/).waitFor();
await page.getByRole("button", { name: "Yes" }).click();
await page.getByText("0 of 20, not passed").waitFor({ timeout: 2 * patience });

// Questions in words.
await page.goto(at("/exams/new?exam=interview"));
await page.getByRole("button", { name: "Start the exam" }).click();
await page.getByRole("button", { name: "Start the clock" }).click();
await page.getByText("Question 1 of 10 in words").waitFor();
await pictures(page, folder, "exam-spoken");
await page.getByRole("textbox").fill("I am a back-end developer.");
await page.getByRole("button", { name: "Answer" }).click();
await page.getByText("Question 2 of 10 in words").waitFor();
await page.getByRole("button", { name: "Skip it" }).click();
await page.getByText("Question 3 of 10 in words").waitFor();
await page.goto(at("/"));
await page.getByRole("link", { name: /^Exam \d+ is running$/ }).click();
await page.getByText("2 of 10 questions in words answered").waitFor();
await page.getByRole("button", { name: "Submit the exam" }).click();
await page.getByRole("button", { name: "Yes" }).click();
await page.getByText("not passed").waitFor({ timeout: patience });
await page.getByText("skipped", { exact: true }).waitFor();

await browser.close();
assert.deepEqual(failures, []);
console.log("done");
