// Labels are read by the camera where the browser can; each code goes into the form as if it had been typed.

const PAUSE = 250;
const SAME_AGAIN = 3000;

export default function labelCamera(root) {
  const said = document.createElement("p");
  Object.assign(said, { className: "note", hidden: true });
  said.dataset.tone = "warn";
  said.setAttribute("role", "status");
  const say = (sentence) => Object.assign(said, { textContent: sentence, hidden: !sentence });
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) {
    // On a telephone people look for the camera; at a desk with a scanner nobody does.
    if (matchMedia("(pointer: coarse)").matches) root.append(say(root.dataset.missing));
    return;
  }
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn", textContent: root.dataset.start });
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, hidden: true, width: 320 });
  root.append(button, video, said);
  let stream = null;
  let detector = null;
  let last = "";
  let lastAt = 0;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.textContent = root.dataset.start;
  }

  function take(code) {
    const form = document.getElementById(root.dataset.form);
    const again = code === last && Date.now() - lastAt < SAME_AGAIN;
    // A label that stays in sight is counted once: only one that was away for a while comes anew.
    [last, lastAt] = [code, Date.now()];
    if (!form || again) return;
    form.elements.code.value = code;
    navigator.vibrate?.(60);
    form.requestSubmit();
  }

  async function look() {
    if (!stream) return;
    try {
      const [found] = await detector.detect(video);
      if (found) take(found.rawValue);
    } catch {
      // a frame that is not ready yet; the next one will be
    }
    setTimeout(look, PAUSE);
  }

  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      detector ??= new window.BarcodeDetector({ formats: ["qr_code"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      say("");
      button.textContent = root.dataset.stop;
      look();
    } catch {
      stop();
      say(root.dataset.failed);
    }
  });
  window.addEventListener("pagehide", stop);
}
