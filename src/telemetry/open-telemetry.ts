import { type TracingBridge, tracingBrand } from '../config/config-types.js';
import { describeType } from '../foundation/describe-value.js';
import { CairnloopError } from '../foundation/errors.js';
import { requireKnownKeys } from '../validation/known-keys.js';

export interface OpenTelemetryOptions {
  /**
   * The provider from which Cairnloop gets its tracer. Default: the process's global tracer provider, which
   * `NodeSDK.start()` and its like register.
   */
  tracerProvider?: unknown;
}

/** The result of `openTelemetry()`; the package `@opentelemetry/api` is loaded when an instance is created. */
export interface OpenTelemetryBridge extends TracingBridge {
  readonly options: OpenTelemetryOptions;
}

/**
 * Switches traces on: `tracing: openTelemetry()` in the config. Needs the package `@opentelemetry/api`, and an
 * OpenTelemetry SDK that the host starts; without an SDK nothing is recorded. Throws `INPUT_INVALID` for an unknown
 * option or a `tracerProvider` without `getTracer`.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): OpenTelemetryBridge {
  requireKnownKeys('openTelemetry', options, ['tracerProvider']);
  const { tracerProvider } = options;
  if (tracerProvider !== undefined && !hasGetTracer(tracerProvider))
    throw new CairnloopError('INPUT_INVALID', {
      operation: 'openTelemetry',
      problems: [
        { path: 'tracerProvider', expected: 'a TracerProvider of OpenTelemetry', found: describeType(tracerProvider) },
      ],
    });
  return { [tracingBrand]: true, options };
}

function hasGetTracer(value: unknown): boolean {
  try {
    return typeof (value as { getTracer?: unknown } | null)?.getTracer === 'function';
  } catch {
    // Reading a property failed: a getter of the value throws, or the value is a proxy that throws.
    return false;
  }
}
