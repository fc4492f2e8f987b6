// An author: they find their scenario, edit it in an editor of their own while its page follows, play a proof at two
// seeds and again after each change, and look at what the grader sees in a lab of it.
// node author.mjs ADDRESS FOLDER PICTURES
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { launch, open, pictures, sees } from "./page.mjs";

const [address, own, folder] = process.argv.slice(2);
const name = basename(own);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const page = await open(await browser.newContext(), failures);

// edit replaces a text in the scenario, as an editor does.
function edit(from, to) {
  const text = readFileSync(`${own}/scenario.yaml`, "utf8");
  assert.ok(text.includes(from), `the scenario lacks ${from}`);
  writeFileSync(`${own}/scenario.yaml`, text.replace(from, to));
}

// follows opens a link by keyboard.
async function follows(link) {
  await link.focus();
  await page.keyboard.press("Enter");
}

await page.goto(address);
await follows(page.getByRole("link", { name: "Labs", exact: true }));
await follows(page.getByRole("link", { name: "Your scenarios" }));
await page.getByText(own, { exact: false }).waitFor();
await pictures(page, folder, "author-list");
await follows(page.getByRole("link", { name: "Undo a commit" }));

// What lint finds follows the file, on a page that is not loaded again.
const lint = page.locator("#lint");
await lint.getByText("No mistakes.").waitFor();
await page.evaluate(() => (globalThis.loaded = "once"));
edit("points: 60", "points: 61");
await lint.getByText("add up to 101, not 100").waitFor();
await pictures(page, folder, "author-lint");
edit("points: 61", "points: 60");
await lint.getByText("No mistakes.").waitFor();
assert.equal(await page.evaluate(() => globalThis.loaded), "once", "the page was loaded again");

// A proof is played at two seeds, and again at the same ones when the scenario states something else.
await page.getByLabel("Seeds", { exact: true }).fill("2");
await page.getByLabel("First seed").fill("20");
await page.getByLabel("Only proofs named").fill("left out");
await page.keyboard.press("Enter");
const proved = page.locator("#proved");
const cells = proved.locator("tbody tr", { hasText: "left out of history" }).locator("td");
await cells.getByText("✓ as stated").nth(1).waitFor();
const seeds = await proved.locator("thead th").allTextContents();
assert.deepEqual(seeds.slice(0, 2), ["Proof", "Seed 20"]);
assert.equal(seeds.length, 3, `the seeds are ${seeds}`);
await proved.getByText("Verdicts of each check").click();
await proved.getByText("history-kept: failed").first().waitFor();
await page.evaluate(() => (globalThis.loaded = "once"));
edit("proofs/rebased.sh, fails: [history-kept]", "proofs/rebased.sh, fails: [undone]");
await cells.getByText("✗ not as stated").nth(1).waitFor();
await proved.getByText("undone is passed, not failed").first().waitFor();
assert.ok(await proved.getByText("history-kept: failed").first().isVisible(), "the verdicts that were open are closed");
assert.deepEqual(await proved.locator("thead th").allTextContents(), seeds, "the seeds are other ones");
assert.equal(await page.evaluate(() => globalThis.loaded), "once", "the page was loaded again");
await pictures(page, folder, "author-proofs");

// Who comes back later finds it as it is, and can end it.
await page.reload();
await page.locator("#step").getByText("Waiting for a change of the files.").waitFor();
await cells.getByText("✗ not as stated").nth(1).waitFor();
await page.getByRole("button", { name: "Stop playing" }).click();
await page.getByRole("button", { name: /^Play/ }).waitFor();
edit("proofs/rebased.sh, fails: [undone]", "proofs/rebased.sh, fails: [history-kept]");
await lint.getByText("No mistakes.").waitFor();

// What the grader sees in a lab.
await page.getByRole("link", { name: /^See what the grader/ }).click();
await page.getByText("no lab").first().waitFor();
assert.match(failures.pop(), /404/);
await page.goto(at(`/author/${name}`));
await page.getByLabel("Seed", { exact: true }).fill("20");
await page.keyboard.press("Enter");
await page.waitForURL(`**/labs/${name}`);
await sees(page, "$");
await page.goto(at(`/author/${name}`));
await page.getByRole("link", { name: /^See what the grader/ }).click();
const undone = page.getByRole("region", { name: "check undone" });
await undone.getByText("failed").waitFor();
await undone.getByText("settings.ini is not as it was before").waitFor();
const fact = page.getByRole("region", { name: "fact repo" });
await fact.getByText("Before the fault").click();
await fact.locator("details:last-of-type pre").getByText("settings.ini").waitFor();
await pictures(page, folder, "author-observed");

await page.goto(at(`/labs/${name}`));
await page.getByText("Stop", { exact: true }).click();
await page.getByRole("button", { name: "Stop the lab" }).click();
await page.getByRole("heading", { name: "What to do next" }).waitFor();
await browser.close();
assert.deepEqual(failures, []);
console.log("done");
