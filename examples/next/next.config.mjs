/** Cairnloop reads its own files beside it, so it must not be bundled. */
export default { serverExternalPackages: ['cairnloop', 'sequelize'] };
