import 'reflect-metadata';
import { Ignitor, prettyPrintError } from '@adonisjs/core';

const root = new URL('../', import.meta.url);
const importer = (file: string) => import(file.startsWith('.') ? new URL(file, root).href : file);

new Ignitor(root, { importer })
  .tap((app) => {
    app.listen('SIGTERM', () => app.terminate());
    app.listen('SIGINT', () => app.terminate());
  })
  .httpServer()
  .start()
  .catch((error) => {
    process.exitCode = 1;
    prettyPrintError(error);
  });
