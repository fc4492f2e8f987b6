// Writes down what a learner says, where the browser can listen. It listens only after the learner has
// agreed and while they speak; without it, they type.
const byID = (id) => document.getElementById(id);
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const language = "en-US";

// listensHere reports whether the browser turns speech into text without sending it away.
async function listensHere() {
  return (await Recognition.available?.({ langs: [language], processLocally: true }).catch(() => undefined)) === "available";
}

class Speech {
  constructor(local) {
    Object.assign(this, { local, listening: false });
    if (local) byID("where").textContent = "This browser turns what you say into text on this machine. Endstate gets the text, and never the sound.";
    byID("listen").onchange = ({ target }) => {
      byID("speak").disabled = !target.checked;
      if (!target.checked) this.stop();
    };
    byID("speak").onclick = () => (this.listening ? this.stop() : this.start());
    byID("speech").hidden = false;
  }

  start() {
    this.recognition = new Recognition();
    Object.assign(this.recognition, { lang: language, continuous: true, interimResults: false });
    if (this.local) this.recognition.processLocally = true;
    this.recognition.onresult = ({ results, resultIndex }) => {
      for (const result of [...results].slice(resultIndex)) this.write(result[0].transcript.trim());
    };
    this.recognition.onerror = ({ error }) => this.show(false, error === "not-allowed" ? "The browser may not use the microphone. Type what you said." : `The browser could not listen (${error}). Type what you said.`);
    this.recognition.onend = () => this.listening && this.show(false, "");
    this.recognition.start();
    this.show(true, "Listening …");
  }

  stop() {
    if (!this.listening) return;
    this.show(false, "");
    this.recognition.stop();
  }

  write(words) {
    const box = byID("said");
    box.value = [box.value.trimEnd(), words].filter(Boolean).join(" ");
  }

  show(listening, text) {
    this.listening = listening;
    byID("speak").textContent = listening ? "Stop" : "Speak";
    byID("speak").ariaPressed = String(listening);
    byID("heard").textContent = text;
  }
}

if (Recognition && byID("speech")) new Speech(await listensHere());
