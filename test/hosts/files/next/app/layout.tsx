import type { ReactNode } from 'react';

/** Without the fonts that the generator takes from Google, so that a build asks no network. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
