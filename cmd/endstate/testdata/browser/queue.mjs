// A full machine: there is room for one lab. Two more learners start theirs, see their places, and keep them when they
// load the page again. When a lab is stopped, the next one gets theirs, and the other moves up.
// node queue.mjs ADDRESS SCENARIO PREFIX PICTURES
import assert from "node:assert/strict";
import { launch, open, pictures, sees } from "./page.mjs";

const [address, scenario, prefix, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const visitor = async () => open(await browser.newContext(), failures);

const ada = await visitor(); // runs the server
await ada.goto(address);
await ada.getByRole("link", { name: "Groups" }).waitFor();

// joins returns a page of somebody whom Ada has invited.
async function joins(name) {
  await ada.goto(at("/people"));
  await ada.getByRole("button", { name: "Create an invitation" }).click();
  const page = await visitor();
  await page.goto(await ada.getByLabel("Link").inputValue());
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("four words of mine");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "What to do next" }).waitFor();
  return page;
}

async function start(page) {
  await page.goto(at("/scenarios"));
  await page.locator(`form:has(input[value="${scenario}"])`).getByRole("button").click();
  await page.waitForURL(`**/labs/${scenario}`);
}

async function stop(page) {
  await page.getByText("Stop", { exact: true }).click();
  await page.getByRole("button", { name: "Stop the lab" }).click();
  await page.getByRole("heading", { name: "What to do next" }).waitFor();
}

const [bob, eve] = [await joins(`${prefix}-bob`), await joins(`${prefix}-eve`)];
await start(ada);
await sees(ada, "$");

const says = (page, text) => page.locator("#step").getByText(text).waitFor();
await start(bob);
await says(bob, "the machine is full · you are next");
await start(eve);
await says(eve, "the machine is full · 1 ahead of you");
await eve.getByRole("heading", { level: 1 }).waitFor(); // the task can be read meanwhile
await pictures(eve, folder, "queue");

// Whoever loads the page again, or goes elsewhere for a moment, keeps the place.
await bob.goto(at("/"));
await bob.goBack();
await eve.reload();
await says(bob, "you are next");
await says(eve, "1 ahead of you");
for (const page of [bob, eve]) await page.evaluate(() => (globalThis.loaded = "once"));

// The next one gets the lab, without doing anything.
await stop(ada);
await sees(bob, "$");
await says(eve, "you are next");
assert.equal(await eve.evaluate(() => globalThis.loaded), "once", "the page was loaded again");
await bob.keyboard.type("echo mine $((6 * 7))\n");
await sees(bob, "mine 42");
await stop(bob);
await sees(eve, "$");
await stop(eve);

await browser.close();
assert.deepEqual(failures, []);
console.log("done");
