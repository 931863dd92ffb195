/** `cairnloop/ai`: DraftGenerators that a host can put into its config. */

export { type AiDraftGeneratorOptions, aiDraftGenerator, type DraftUsage } from './ai-draft-generator.js';
export {
  type DraftTemplate,
  developmentTemplates,
  type TemplateInput,
  templateDraftGenerator,
} from './template-draft-generator.js';
