// Pages that no other story visits; zoom; speech; and a walk through a lab's page by keyboard alone.
// node pages.mjs ADDRESS SCENARIO SEED PICTURES
import assert from "node:assert/strict";
import { accessible, launch, open, pictures, sees, starts } from "./page.mjs";

const [address, scenario, seed, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const failures = [];
const browser = await launch();
const page = await open(await browser.newContext({ reducedMotion: "reduce" }), failures);
await page.addInitScript(() => {
  globalThis.SpeechRecognition = class {
    static available = async () => "unavailable";
    start() {
      setTimeout(() => this.onresult({ resultIndex: 0, results: [[{ transcript: " I have built back ends " }]] }));
    }
    stop() {}
  };
});
await page.goto(address);

await page.goto(at("/questions/1/rehearse?company=Kestrel"));
await page.getByRole("link", { name: "Write some" }).click();
assert.match(failures.pop(), /404/); // there are no notes on that company yet
const notes = page.getByRole("region", { name: "A new one" });
await notes.getByLabel("Name").fill("Kestrel");
await notes.getByLabel("What it does").fill("It moves money between banks.");
await notes.getByRole("button", { name: "Store" }).click();
await page.goto(at("/questions/1/rehearse?company=Kestrel"));
await page.locator("#text").fill("I have built back ends for four years.");
await page.getByRole("button", { name: "Store" }).click();
assert.ok(await page.getByRole("button", { name: "Speak" }).isDisabled(), "the browser listens without being told to");
await page.getByText("usually send what you say to their maker").waitFor();
await page.getByLabel("Let this browser write down").check();
await page.getByRole("button", { name: "Speak" }).click();
await page.waitForFunction(() => document.getElementById("said").value === "I have built back ends");
await pictures(page, folder, "rehearse");
for (const path of ["/companies", "/author", "/progress"]) {
  await page.goto(at(path));
  await pictures(page, folder, path.slice(1));
}

// At 200 % zoom, a window of 1280 pixels has room for 640.
await page.setViewportSize({ width: 640, height: 400 });
for (const path of ["/", "/scenarios", "/questions/1", "/questions/1/rehearse", "/companies", "/progress", "/attempts"]) {
  await page.goto(at(path));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is too wide at 200 %`);
}
await page.setViewportSize({ width: 1280, height: 800 });

// Tab reaches everything on a lab's page, the terminal takes Tab for itself, and a key leaves it.
await starts(page, address, scenario, seed);
await page.keyboard.press("Tab");
assert.ok(await page.evaluate(() => document.activeElement.classList.contains("xterm-helper-textarea")), "Tab leaves the terminal");
await page.keyboard.press("Control+Shift+ArrowUp");
assert.equal(await page.evaluate(() => document.activeElement.role), "tab");
await page.evaluate(() => document.querySelector(".skip").focus());
const names = [];
for (let i = 0; i < 60; i++) {
  const [name, inside] = await page.evaluate(() => [document.activeElement.textContent || document.activeElement.ariaLabel || document.activeElement.name, document.activeElement.classList.contains("xterm-helper-textarea")]);
  names.push(name.trim());
  if (inside) break;
  await page.keyboard.press("Tab");
}
for (const wanted of ["Skip to the content", "Home", "Check", "Reset", "More time", "Stop", "Save the lab as it is", "Width of the task", "workspace", "New shell on workspace", "Screen reader"]) {
  assert.ok(names.includes(wanted), `Tab does not reach ${wanted}, but ${names.join(" | ")}`);
}
await page.getByLabel("Name (a number if empty)").fill("before");
await page.keyboard.press("Enter");
await page.getByRole("button", { name: "Go back to before" }).waitFor();
await accessible(page, "a lab with a saved state");
await page.locator(".xterm-helper-textarea").first().focus();
await page.keyboard.type("touch since; ls\n");
await sees(page, "since");
await page.getByRole("button", { name: "Go back to before" }).click();
await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Yes" }).click()]);
await sees(page, "$");
await page.keyboard.type("ls since\n");
await sees(page, "cannot access 'since'");

// A check from the terminal brings its verdicts into view, and one sentence says them.
await page.setViewportSize({ width: 1280, height: 500 });
await page.keyboard.press("Control+Shift+Enter");
await page.locator("#verdicts .score").waitFor();
await page.waitForFunction(() => /^Score \d+ of 100: .*failed/.test(document.getElementById("spoken").textContent));
const inSight = await page.locator("#verdicts .verdict, #verdicts .score").evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 60).length);
assert.ok(inSight > 0, "the verdicts are out of sight");

await browser.close();
assert.deepEqual(failures, []);
console.log("done");
