import type { Migration } from './migration.js';

/**
 * The append-only record. A row is written in the transaction of its change and sealed into the hash chain afterwards;
 * sealing is the one update that the trigger lets through, once.
 */
export const auditEvents: Migration = {
  name: '0005-audit-events',
  up: (s) => `
    CREATE TABLE ${s}.audit_events (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      at timestamptz(3) NOT NULL,
      actor jsonb NOT NULL CHECK (actor ->> 'id' <> ''),
      action text NOT NULL,
      conversation_id uuid,
      subject_id uuid,
      detail jsonb NOT NULL DEFAULT '{}',
      seq bigint,
      hash text
    );
    CREATE INDEX audit_events_of_conversation ON ${s}.audit_events (conversation_id, id);
    CREATE INDEX audit_events_unsealed ON ${s}.audit_events (id) WHERE seq IS NULL;
    CREATE UNIQUE INDEX audit_events_chain ON ${s}.audit_events (seq) WHERE seq IS NOT NULL;

    CREATE FUNCTION ${s}.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL
        AND (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.detail) = (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.detail)
        AND NEW.conversation_id IS NOT DISTINCT FROM OLD.conversation_id
        AND NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'audit_events is append-only';
    END $$;
    CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON ${s}.audit_events
      FOR EACH ROW EXECUTE FUNCTION ${s}.refuse_audit_change();
    CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON ${s}.audit_events
      FOR EACH STATEMENT EXECUTE FUNCTION ${s}.refuse_audit_change();
  `,
  down: (s) => `
    DROP TABLE ${s}.audit_events;
    DROP FUNCTION ${s}.refuse_audit_change();
  `,
};
