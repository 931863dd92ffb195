import { type Cairnloop, createCairnloop, type Workspace } from 'cairnloop';
import config from '../../cairnloop.config';

let started: Promise<{ cairnloop: Cairnloop; workspace: Workspace }> | undefined;

async function start() {
	const cairnloop = await createCairnloop(config);
	return {
		cairnloop,
		workspace: cairnloop.workspace({ basePath: '/support', operator: () => ({ id: 'op_7' }) })
	};
}

/** Connects at the first request: a build has no database. */
export const support = () => (started ??= start());
