// People: an admin invites somebody, who chooses a name and a password, sees only what is their own, and is
// signed out at once when the admin disables the account.
// node people.mjs ADDRESS SCENARIO NAME PICTURES
import assert from "node:assert/strict";
import { launch, open, pictures, sees } from "./page.mjs";

const [address, scenario, name, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
const browser = await launch();
const failures = [];
const visitor = async () => open(await browser.newContext(), failures);
const start = (page) => page.locator(`form:has(input[value="${scenario}"])`).getByRole("button").click();

const admin = await visitor();
await admin.goto(address);
await admin.getByRole("link", { name: "Groups" }).waitFor();
await pictures(admin, folder, "people-home");
await admin.locator("a.owner").click();
await pictures(admin, folder, "people-you-key");
await admin.getByRole("link", { name: /^People/ }).click();
await admin.locator('form[action="/people/invitations"] select[name="role"]').selectOption("learner");
await admin.getByRole("button", { name: "Create an invitation" }).click();
const link = await admin.getByLabel("Link").inputValue();
await pictures(admin, folder, "people-invited");
await admin.goto(at("/scenarios"));
await start(admin);
await sees(admin, "$");

// A hostile name is refused, and nothing of it is run; a good one is let in.
const grace = await visitor();
await grace.goto(link);
await pictures(grace, folder, "people-join");
const hostile = `<img src=x onerror="globalThis.owned=1">`;
await grace.getByLabel("Name").fill(hostile);
await grace.getByLabel("Password").fill("four words of mine");
await grace.getByRole("button", { name: "Create the account" }).click();
await grace.getByRole("alert").getByText("An account can't have that name").waitFor();
assert.equal(await grace.getByLabel("Name").inputValue(), hostile);
assert.equal(await grace.evaluate(() => globalThis.owned), undefined, "a name was run as a script");
await pictures(grace, folder, "people-refused");
await grace.getByLabel("Name").fill(name);
await grace.getByLabel("Password").fill("four words of mine");
await grace.keyboard.press("Enter");
await grace.getByRole("heading", { name: "What to do next" }).waitFor();
assert.equal(await grace.locator("a.owner").textContent(), name);

// Nobody else can use the link, and Grace sees nothing of the admin's.
const stranger = await visitor();
await stranger.goto(link);
await stranger.getByText("This invitation can't be used").waitFor();
await pictures(stranger, folder, "people-used");
for (const path of [`/labs/${scenario}`, "/attempts/1", "/attempts/1/report", "/attempts/1/recordings/1"]) {
  assert.equal((await grace.request.get(at(path))).status(), 404, `Grace sees ${path}`);
}
assert.equal((await grace.request.get(at("/people"))).status(), 403);
await grace.goto(at("/attempts"));
await grace.getByText("There are no attempts yet.").waitFor();

// By keyboard alone: sign out, and in again to the page that was asked for.
await grace.locator("a.owner").focus();
await grace.keyboard.press("Enter");
await pictures(grace, folder, "people-you");
await grace.getByRole("button", { name: "Sign out" }).focus();
await grace.keyboard.press("Enter");
await grace.getByRole("heading", { name: "Sign in" }).waitFor();
await grace.goto(at("/progress"));
await pictures(grace, folder, "people-signin");
await grace.getByLabel("Name").focus();
await grace.keyboard.type(name.toUpperCase());
await grace.keyboard.press("Tab");
await grace.keyboard.type("not that one");
await grace.keyboard.press("Enter");
await grace.getByText("The name or the password is wrong").waitFor();
await grace.getByLabel("Password").fill("four words of mine");
await grace.keyboard.press("Enter");
await grace.getByRole("heading", { name: "Progress" }).waitFor();

// The admin disables the account: the terminal ends at once, and the next page asks who it is.
await grace.goto(at("/scenarios"));
await start(grace);
await sees(grace, "$");
await grace.keyboard.type("echo still $((6 * 7))\n");
await sees(grace, "still 42");
await admin.goto(at("/people"));
await pictures(admin, folder, "people");
await admin.getByRole("button", { name: `Disable ${name}` }).click();
await admin.getByRole("button", { name: `Enable ${name}` }).waitFor();
await grace.getByRole("heading", { name: "Sign in" }).waitFor({ timeout: 15_000 });
await grace.goto(at("/"));
await grace.getByRole("heading", { name: "Sign in" }).waitFor();
await grace.getByLabel("Name").fill(name);
await grace.getByLabel("Password").fill("four words of mine");
await grace.keyboard.press("Enter");
await grace.getByText("The name or the password is wrong").waitFor();

// Nothing of that touched the admin.
await admin.goto(at(`/labs/${scenario}`));
await sees(admin, "$");

await browser.close();
// Browsers report as errors the pages that refuse something, which this story asks for.
assert.deepEqual(failures.filter((text) => !/status of (400|401|403) /.test(text)), []);
console.log("done");
