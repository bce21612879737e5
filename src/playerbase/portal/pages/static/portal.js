/* A letter's link carries its secret behind the #, which no server and no other page gets to see. */
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  for (const field of document.querySelectorAll("[data-token]")) field.value = token;
  for (const part of document.querySelectorAll("[data-with-token]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without-token]")) part.hidden = true;
  history.replaceState(null, "", location.pathname);
}
