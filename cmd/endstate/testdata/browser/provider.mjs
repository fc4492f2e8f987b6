// A provider of OpenID Connect, which is another site: the admin chooses it in place of a password, somebody of the
// right domain signs in without an invitation, and those whom it does not know here, or who change their mind, don't.
// node provider.mjs ADDRESS PREFIX PROVIDER PICTURES
import assert from "node:assert/strict";
import { launch, open, pictures } from "./page.mjs";

const [address, prefix, provider, folder] = process.argv.slice(2);
const at = (path) => new URL(path, address).href;
// The certificates are those of the test. Chromium drops all requests of HTTP/2 when a network of the machine changes,
// as those of labs do.
const browser = await launch("--ignore-certificate-errors", "--disable-http2");
const failures = [];
const visitor = async () => open(await browser.newContext({ ignoreHTTPSErrors: true }), failures);

// is says at the provider who somebody is, by keyboard alone.
async function is(page, email, { verified = true, answer = "It's me" } = {}) {
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  assert.equal(new URL(page.url()).origin, provider, "the provider is not the one that was given");
  await page.getByLabel("E-mail").focus();
  await page.keyboard.type(email);
  if (!verified) await page.getByLabel("verified").uncheck();
  await page.getByRole("button", { name: answer }).focus();
  await page.keyboard.press("Enter");
}

// signsIn leads to the provider from the page to sign in.
async function signsIn(page, path, ...person) {
  await page.goto(at(path));
  await page.getByRole("button", { name: "Sign in with Example University" }).focus();
  await page.keyboard.press("Enter");
  await is(page, ...person);
}

const admin = await visitor();
await admin.goto(address);
await admin.getByRole("heading", { name: `Choose a password, ${prefix}` }).waitFor();
await pictures(admin, folder, "provider-join");

// The page on the way to the provider is there for browsers that don't go on by themselves.
await admin.route(`${provider}/**`, (route) => route.abort("aborted"));
const toProvider = admin.getByRole("button", { name: "From now on, sign in with Example University" });
await toProvider.click();
await admin.getByRole("heading", { name: "Signing in with Example University" }).waitFor();
await pictures(admin, folder, "provider-lead");
await admin.unrouteAll();
await admin.getByRole("link", { name: "Go on" }).click();
await is(admin, "admin@elsewhere.example");
await admin.getByRole("heading", { name: "What to do next" }).waitFor();
assert.equal(new URL(admin.url()).origin, new URL(address).origin);
await admin.locator("a.owner").click();
await admin.getByText("You can sign in with Example University.").waitFor();
assert.equal(await admin.getByLabel("Current password").count(), 0, "they can change a password that they don't have");
await pictures(admin, folder, "provider-you");

// Somebody of the right domain needs no invitation, and gets to the page that they asked for.
const ada = await visitor();
await ada.goto(at("/attempts"));
await ada.getByText("if your e-mail address ends in @example.org").waitFor();
await pictures(ada, folder, "provider-signin");
await signsIn(ada, "/attempts", `${prefix}-ada@example.org`);
await ada.getByText("There are no attempts yet.").waitFor();
assert.equal(await ada.locator("a.owner").textContent(), `${prefix}-ada`);
assert.equal((await ada.request.get(at("/people"))).status(), 403);

// They are the same person in another browser, and after signing out.
await ada.locator("a.owner").click();
await ada.getByRole("button", { name: "Sign out" }).click();
await ada.getByRole("heading", { name: "Sign in" }).waitFor();
for (const page of [ada, await visitor()]) {
  await signsIn(page, "/sign-in", `${prefix}-ada@example.org`);
  await page.getByRole("heading", { name: "What to do next" }).waitFor();
  assert.equal(await page.locator("a.owner").textContent(), `${prefix}-ada`);
}

// Others are refused, and told why.
const eve = await visitor();
await signsIn(eve, "/attempts", "eve@elsewhere.example");
await eve.getByRole("alert").getByText("You have no account here").waitFor();
await pictures(eve, folder, "provider-refused");
await signsIn(eve, "/attempts", "eve@example.org", { verified: false });
await eve.getByRole("alert").getByText("Your e-mail address is not verified").waitFor();
await signsIn(eve, "/attempts", "eve@example.org", { answer: "I won't say" });
await eve.getByRole("alert").getByText("You are not signed in").waitFor();
assert.equal((await eve.request.get(at("/attempts"), { headers: { accept: "text/html" } })).status(), 401);

// The admin sees who has come, and whoever is disabled stays out.
await admin.goto(at("/people"));
await admin.getByRole("button", { name: `Disable ${prefix}-ada` }).click();
await admin.getByRole("button", { name: `Enable ${prefix}-ada` }).waitFor();
await signsIn(ada, "/attempts", `${prefix}-ada@example.org`);
await ada.getByRole("alert").getByText("Your account is disabled").waitFor();

await browser.close();
// Browsers report as errors the pages that refuse something, which this story asks for.
assert.deepEqual(failures.filter((text) => !/status of (400|401|403) /.test(text)), []);
console.log("done");
