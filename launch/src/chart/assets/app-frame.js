// Leaves the page when the framed app says it is done. Only the frame itself, on its own origin, is believed.
const frame = document.querySelector('iframe.app');
const appOrigin = new URL(frame.src).origin;
window.addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow || event.origin !== appOrigin) return;
  if (event.data?.type === 'refloop:done') window.location.assign(frame.dataset.back);
});
