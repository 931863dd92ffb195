import { defineConfig } from '@adonisjs/core/http';

/** Signs cookies and more. Take it from the environment in your own application. */
export const appKey = process.env.APP_KEY ?? 'a-key-of-this-example-and-of-nothing-else';

export const http = defineConfig({});
