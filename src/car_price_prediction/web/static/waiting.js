"use strict";

/* Shows the form as soon as there is a model. */
document.getElementById("waiting").textContent = document.getElementById("waiting").dataset.script;
setInterval(async () => {
  try {
    const answer = await fetch("/health/ready");
    if (answer.ok) location.reload();
  } catch {
    /* The server is restarting: look again. */
  }
}, 2000);
