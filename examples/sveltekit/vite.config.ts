import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(),
      // The address that browsers see, read at build time. adapter-node expects https: over http SvelteKit refuses every form
      // unless it is named here.
      paths: { origin: process.env.ORIGIN },
    }),
  ],
});
