import { loadAssets, type ServedAssets } from '../http/assets.js';

const folder = new URL('../../assets/workspace/', import.meta.url);

const styles = [
  'tokens',
  'base',
  'parts',
  'frame',
  'queue',
  'thread',
  'messages',
  'drafts',
  'composer',
  'rail',
  'tables',
  'report',
  'narrow',
  'short',
  'triage',
  'overview',
];

/** Loads the stylesheet and the scripts of the workspace's pages. */
export function loadWorkspaceAssets(base: string, hostStyles: string | undefined): Promise<ServedAssets> {
  return loadAssets({ base, folder, stylesheet: 'workspace.css', styles, mainScript: 'main.js', hostStyles });
}
