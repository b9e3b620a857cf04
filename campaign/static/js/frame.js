// A page in a frame of another site tells the site around it how high it is, and nothing else. Only sites that the
// petition's people named can be around it (the answer's frame-ancestors), so it is said to whoever that is.

if (window.parent !== window) {
  const tell = () => {
    const unforgottenHeight = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ unforgottenHeight }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
}
