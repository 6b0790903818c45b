// Keys go to the program as soon as it draws; without this they would wait for a click.
addEventListener("DOMContentLoaded", () => {
  new MutationObserver((_, observer) => {
    if (document.body.classList.contains("-first-byte")) {
      observer.disconnect();
      document.querySelector(".xterm-helper-textarea").focus();
    }
  }).observe(document.body, { attributes: true });
});
