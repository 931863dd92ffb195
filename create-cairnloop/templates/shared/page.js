export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>The shop</title>
  </head>
  <body>
    <h1>The shop</h1>
    <p><a href="/support">Support, for operators</a> · <a href="/help">Help, for customers</a></p>
    <script src="/help/widget.js" async></script>
    <cairnloop-support></cairnloop-support>
  </body>
</html>
`;
