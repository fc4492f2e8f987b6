// A learner alone: they come in with the address, start a lab, work in its terminal, load the page again
// in the middle of a command, lose the connection, check, open a hint, reset the lab, repair it by typing,
// and stop it.
// node alone.mjs ADDRESS SCENARIO SEED SOLUTION PICTURES
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible, launch, open, pictures, sees } from "./page.mjs";

const [address, scenario, seed, solution, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const context = await browser.newContext();
const page = await open(context, failures);

let swallow; // loses what is sent from the latest terminal from now on
let drop; // loses its connection
await page.routeWebSocket(/\/terminals\//, (near) => {
  const far = near.connectToServer();
  let passes = true;
  near.onMessage((message) => passes && far.send(message));
  swallow = () => {
    passes = false;
  };
  drop = async () => {
    await far.close({ code: 4000 });
    await near.close({ code: 4000 });
  };
});

await page.goto(address);
await page.getByRole("heading", { name: "What to do next" }).waitFor();
assert.equal(new URL(page.url()).pathname, "/", "the key stays in the address");
await pictures(page, folder, "home");

// The address works once, and nobody else is let in.
const stranger = await browser.newContext();
const replayed = await stranger.request.get(address);
assert.equal(replayed.status(), 403);
assert.match(await replayed.text(), /has been used already/);
assert.equal((await stranger.request.get(at("/attempts"))).status(), 401);
await stranger.close();

await page.goto(at("/questions/11"));
await pictures(page, folder, "question");
await page.goto(at("/scenarios"));
await pictures(page, folder, "scenarios");

// The lab is started by keyboard alone, at the seed of the test.
const form = page.locator(`form:has(input[value="${scenario}"])`);
await form.evaluate((element, value) => {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "seed", value });
  element.append(input);
}, seed);
await form.getByRole("button").focus();
await page.keyboard.press("Enter");
await page.getByRole("heading", { level: 1 }).waitFor();
await sees(page, "$");

// The page with its terminal is light. Sizes are of what was sent, also if the browser had it already.
const weight = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, entry) => sum + entry.encodedBodySize, 0));
assert.ok(weight > 100 << 10 && weight <= 350 << 10, `the page weighs ${weight} bytes`);

// The page is loaded again in the middle of a command: the same shell is there, with its screen.
await page.keyboard.type("mine=$$; echo the she''ll is $mine\n");
const before = await sees(page, "the shell is ");
await page.keyboard.type("echo unfinis");
await sees(page, "echo unfinis");
await page.reload();
const after = await sees(page, "echo unfinis");
assert.ok(after.includes(before.match(/the shell is \d+/)[0]), "the screen is another one");
await page.keyboard.type("hed ti''mes $((mine - $$ + 1))\n");
await sees(page, "unfinished times 1");

// The connection is lost in the middle of a command, and keys on their way with it: the page gets the shell
// back by itself, and sends them again.
await page.keyboard.type("sleep 2; echo o''nce\n");
await sees(page, "sleep 2; echo o''nce\n");
swallow();
await page.keyboard.type("echo ba''ck a''gain $((mine - $$ + 1))\n");
await drop();
const back = await sees(page, "back again 1");
assert.equal(back.split("once").length, 2, "a command was typed twice");

// In-lab commands work as in any terminal, and their answer is known to the page.
await page.keyboard.type("check\n");
await sees(page, "Score");

// A proxy says that the server is away, after which browsers no longer listen by themselves: the page does.
await page.route("**/events?*", (route) => route.fulfill({ status: 502 }));
await page.reload();
while (!failures.some((failure) => failure.includes("502"))) await page.waitForTimeout(50);
await page.unroute("**/events?*");
await page.waitForResponse((answer) => answer.url().includes("/events?") && answer.ok());
failures.splice(0, failures.length, ...failures.filter((failure) => !failure.includes("502")));

// Verdicts appear one by one.
await page.evaluate(() => {
  globalThis.order = [];
  new MutationObserver(() => globalThis.order.push(document.querySelectorAll("#verdicts .verdict").length)).observe(document.getElementById("verdicts"), { childList: true, subtree: true });
});
await page.keyboard.press("Control+Shift+Enter");
await page.locator("#verdicts .score").waitFor();
const order = await page.evaluate(() => globalThis.order);
assert.ok(new Set(order).size > 2, `the verdicts did not come one by one, but ${order}`);
await pictures(page, folder, "lab");

// A hint costs points, and the page asks first.
await page.getByRole("button", { name: /^Open a hint for/ }).click();
await page.getByRole("dialog").getByText(/Hint 1 of \d+ costs/).waitFor();
await accessible(page, "the question before a hint");
await page.screenshot({ path: `${folder}/ask.png` });
await page.keyboard.press("Escape");
assert.equal(await page.locator("#hints li").count(), 0, "a hint was opened without consent");
await page.getByRole("button", { name: /^Open a hint for/ }).click();
await page.getByRole("button", { name: "Yes" }).click();
await page.locator("#hints li").waitFor();

// Keys of the page: out of the terminal, and a second shell beside the first.
await page.locator(".screen:not([hidden]) .xterm-helper-textarea").focus();
await page.keyboard.press("Control+Shift+ArrowUp");
assert.equal(await page.evaluate(() => document.activeElement.role), "tab");
await page.getByRole("button", { name: "New shell on workspace" }).click();
await sees(page, "$");
await page.keyboard.type("echo second is $((7 * 6))\n");
await sees(page, "second is 42");
await page.keyboard.type("exit\n");
await page.getByText("The shell has ended.").waitFor();
await page.getByRole("tab", { name: "workspace", exact: true }).click();

// A reset is confirmed, and the terminal is in the new lab.
await sees(page, "$");
await page.keyboard.type("touch mine; ls\n");
await sees(page, "mine");
await page.getByRole("button", { name: "Reset" }).click();
await page.getByRole("dialog").getByText(/will be lost/).waitFor();
await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Yes" }).click()]);
await sees(page, "$");
await page.keyboard.type("ls mine\n");
await sees(page, "cannot access 'mine'");

// The lab is repaired by typing.
await page.keyboard.type(`echo ${readFileSync(solution).toString("base64")} | base64 -d >/tmp/repair\n`);
await page.keyboard.type("clear; bash -e /tmp/repair >/dev/null 2>&1; echo repaired: $?\n");
await sees(page, "repaired: 0");
await page.keyboard.press("Control+Shift+Enter");
await page.locator("#verdicts .solved").waitFor();
assert.match(await page.locator("#verdicts .score").innerText(), /Score 95 of 100.*hints −5/s);
await pictures(page, folder, "solved");

await page.getByText("Stop", { exact: true }).click();
await page.getByRole("button", { name: "Stop the lab" }).click();
await page.getByRole("heading", { name: "What to do next" }).waitFor();
assert.equal(await page.getByRole("heading", { name: "Running labs" }).count(), 0);

await page.goto(at("/attempts"));
await pictures(page, folder, "attempts");
await page.getByRole("link", { name: "1", exact: true }).click();
await page.getByText("Best score: 95 of 100").waitFor();
await pictures(page, folder, "attempt");
await page.getByRole("link", { name: "Replay the terminal" }).click();
await page.locator("#film .xterm-rows").waitFor();
// How many stays there are before the one in which check was typed depends on when the connection was lost.
const seen = [];
for (const address of await page.getByRole("link", { name: /^\d+\./ }).evaluateAll((links) => links.map((link) => link.href))) {
  await page.goto(address);
  await page.locator("#film .xterm-rows").waitFor();
  await page.getByRole("button", { name: "Next check" }).click();
  await page.waitForTimeout(1000); // the terminal draws
  seen.push(`${await page.locator("#mark").textContent()} ${await page.locator("#film .xterm-rows").textContent()}`);
  if (/^check: \d+ of 100 .*the\sshell\sis\s\d+/s.test(seen.at(-1))) break;
}
assert.match(seen.at(-1), /^check: \d+ of 100 .*the\sshell\sis\s\d+/s, `no stay shows its check: ${seen.map((text) => text.slice(0, 200)).join(" | ")}`);
await pictures(page, folder, "replay");
await page.goto(at("/attempts/1"));
await page.getByRole("link", { name: "Explain it" }).click();
await pictures(page, folder, "debrief");
await page.getByRole("textbox").fill("I looked at both sides of each conflict and merged the rules of both branches.");
await page.getByRole("button", { name: "Compare with the model answer" }).click();
await page.getByRole("heading", { name: "The model answer" }).waitFor();
await pictures(page, folder, "answer");
await page.goto(at("/progress"));
await pictures(page, folder, "progress");
await page.goto(at("/attempts/1"));
await page.getByRole("link", { name: "Open the report" }).click();
await page.getByRole("heading", { level: 1 }).waitFor();
await page.screenshot({ path: `${folder}/report.png`, fullPage: true });

await browser.close();
assert.deepEqual(failures, []);
console.log("done");
