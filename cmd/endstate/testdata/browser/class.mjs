// A class: a teacher with three learners assigns a lab, follows on a page that is never loaded again how one of
// them works in it, watches the terminal, writes a message, and gets the score into the gradebook and its CSV.
// node class.mjs ADDRESS SCENARIO SEED SOLUTION PREFIX PICTURES
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launch, open, pictures, sees } from "./page.mjs";

const [address, scenario, seed, solution, prefix, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const visitor = async () => open(await browser.newContext(), failures);

const admin = await visitor();
await admin.goto(address);
await admin.getByRole("heading", { name: "What to do next" }).waitFor();

// joins returns a page of somebody whom the admin has invited.
async function joins(name, role) {
  await admin.goto(at("/people"));
  await admin.locator('form[action="/people/invitations"] select[name="role"]').selectOption(role);
  await admin.getByRole("button", { name: "Create an invitation" }).click();
  const page = await visitor();
  await page.goto(await admin.getByLabel("Link").inputValue());
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("four words of mine");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "What to do next" }).waitFor();
  return page;
}

const [teacher, other] = [await joins(`${prefix}-grace`, "examiner"), await joins(`${prefix}-alan`, "examiner")];
const names = ["ada", "bob", "eve"].map((name) => `${prefix}-${name}`);
const [ada, bob] = [await joins(names[0], "learner"), await joins(names[1], "learner")];
await joins(names[2], "learner");

// The teacher creates a group whose terminals may be watched, and assigns a lab.
await teacher.getByRole("link", { name: "Groups" }).click();
await teacher.getByLabel("Name").fill("Monday");
await teacher.getByLabel(/^Members/).fill(names.join("\n"));
await teacher.getByLabel(/I may watch/).check();
await pictures(teacher, folder, "groups");
await teacher.getByRole("button", { name: "Create" }).click();
await teacher.getByText("Assign labs").click();
const form = teacher.locator("form", { has: teacher.getByLabel("Labs") });
await form.getByLabel("Title").fill("=Week 1");
await form.getByLabel("Labs").selectOption(scenario);
await form.getByLabel("Due").fill("2999-03-31T18:00");
await form.getByLabel("Number").fill(seed);
await pictures(teacher, folder, "assign");
await form.getByRole("button", { name: "Assign" }).click();
await teacher.getByText("=Week 1").waitFor();
const group = teacher.url();
await teacher.evaluate(() => (globalThis.loaded = "once"));
const live = teacher.locator("#live");
assert.equal(await live.getByText("not in a lab").count(), 3);

// A learner finds it on Home, and is told who may watch.
await ada.goto(at("/"));
await ada.getByText(`Assigned by ${prefix}-grace to Monday, until 31 Mar 2999`).waitFor();
await pictures(ada, folder, "assigned");
await ada.getByRole("region", { name: "Assigned to you" }).getByRole("button", { name: /^Start/ }).click();
await sees(ada, "$");
await ada.getByText(`${prefix}-grace may watch these terminals.`).waitFor();
await live.locator("tr", { hasText: names[0] }).getByText("connected").waitFor();

// The teacher follows without loading the page again.
await ada.keyboard.type("check\n");
await sees(ada, "Score");
await live.getByText(/^0 at \d\d:\d\d$/).waitFor();
assert.equal(await teacher.evaluate(() => globalThis.loaded), "once", "the page was loaded again");
await pictures(teacher, folder, "live");

// They watch the terminal, from its beginning and as it goes on, and can't type in it.
await live.getByRole("link", { name: `Watch ${names[0]}` }).click();
const watched = async (text) => teacher.waitForFunction((wanted) => document.querySelector("#watch .xterm-rows")?.textContent.replaceAll("\u00a0", " ").includes(wanted), text);
await watched("Score");
await ada.locator(".screen:not([hidden]) .xterm-helper-textarea").focus();
await ada.keyboard.type("clear; echo wat''ched $((6 * 7))\n");
await sees(ada, "watched 42");
await watched("watched 42");
await teacher.locator("#watch").click();
await teacher.keyboard.type("echo intruder\n");
await pictures(teacher, folder, "watch");
assert.ok(!(await ada.locator(".screen:not([hidden]) .xterm-rows").textContent()).includes("intruder"), "the teacher typed in the terminal");

// A message appears in the lab at once, stays over a reload, and is gone when it was read.
await teacher.getByLabel("Message").fill(`Look at the log <img src=x onerror="globalThis.owned=1">`);
await teacher.getByRole("button", { name: "Send" }).click();
const message = ada.locator("#messages").getByText("Look at the log <img");
await message.waitFor({ timeout: 5000 });
const box = await ada.locator("#messages .letter").evaluate((letter) => {
  const { marginLeft, borderLeftColor } = getComputedStyle(letter);
  return { marginLeft, borderLeftColor };
});
assert.equal(box.marginLeft, "16px", "a message has no margin");
assert.ok(["rgb(122, 79, 0)", "rgb(227, 179, 65)"].includes(box.borderLeftColor), `a message has the colour ${box.borderLeftColor}`);
await pictures(ada, folder, "message");
await ada.reload();
await message.waitFor();
await ada.getByRole("button", { name: /^I have read it/ }).click();
await message.waitFor({ state: "detached" });
assert.equal(await ada.evaluate(() => globalThis.owned), undefined, "a message was run as a script");
await bob.goto(at("/"));
assert.equal(await bob.getByText("Look at the log").count(), 0, "the message reached somebody else");

// The learner repairs the lab by typing.
await sees(ada, "$");
await ada.locator(".screen:not([hidden]) .xterm-helper-textarea").focus();
await ada.keyboard.type(`echo ${readFileSync(solution).toString("base64")} | base64 -d >/tmp/repair\n`);
await ada.keyboard.type("clear; bash -e /tmp/repair >/dev/null 2>&1; echo repaired: $?\n");
await sees(ada, "repaired: 0");
await ada.keyboard.press("Control+Shift+Enter");
await ada.locator("#verdicts .solved").waitFor();
await live.getByText("solved").waitFor();

await teacher.getByRole("link", { name: "Gradebook" }).click();
await teacher.locator("tr", { hasText: names[0] }).getByText("100", { exact: true }).waitFor();
await pictures(teacher, folder, "gradebook");
const table = await (await teacher.request.get(`${group}/gradebook.csv`)).text();
assert.match(table, new RegExp(`^${names[0]},'=Week 1,${scenario},${seed},2999-03-31T\\d\\d:00:00Z,100,100,1,\\d+,0,false\r$`, "m"));

// An exam is assigned, with extra time for one member, who sits it once.
await teacher.goto(group);
await teacher.getByText("Assign an exam").click();
const exam = teacher.locator('form:has(select[name="exam"])');
await exam.getByLabel("Title").fill("Final");
await exam.locator('select[name="exam"]').selectOption("taste");
await exam.getByLabel("One for each member").check();
await exam.getByText("Extra time for single members").click();
await exam.getByLabel(names[1]).fill("15");
await exam.getByRole("button", { name: "Assign" }).click();
await teacher.getByText(`${names[1]}: 15 min more`).waitFor();
for (let times = 0; times < 2; times++) {
  await bob.goto(at("/"));
  await (times ? bob.getByRole("link", { name: "Go on with the exam" }) : bob.getByRole("button", { name: /^Begin the exam/ })).click();
  await bob.waitForURL("**/exams/1");
}
await teacher.goto(`${group}/gradebook`);
await teacher.locator("tr", { hasText: names[1] }).getByText("(running)").waitFor();

// The group does not exist for another teacher, nor for a learner.
for (const page of [other, ada]) {
  for (const path of ["", "/events", "/gradebook", "/gradebook.csv", `/members/${names[0]}/terminals`]) {
    assert.equal((await page.request.get(group + path)).status(), 404, `${path} of another teacher's group`);
  }
}

await ada.getByText("Stop", { exact: true }).click();
await ada.getByRole("button", { name: "Stop the lab" }).click();
await ada.getByText("best 100 of 100").waitFor();

assert.deepEqual(failures, []);
await browser.close();
