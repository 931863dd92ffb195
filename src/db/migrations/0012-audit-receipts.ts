import type { Migration } from './migration.js';

/**
 * A receipt for every audit event until it is sealed, with a digest of it: an event that is deleted or changed before
 * its seal leaves its receipt behind. Both are written by triggers, so that no caller can forget or needs rights to it.
 */
export const auditReceipts: Migration = {
  name: '0012-audit-receipts',
  up: (s) => `
    CREATE TABLE ${s}.audit_receipts (event_id uuid PRIMARY KEY, digest text NOT NULL)
      WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

    CREATE FUNCTION ${s}.audit_digest(event ${s}.audit_events) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT encode(sha256(convert_to(jsonb_build_array(
        event.id, coalesce(to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US AD'), event.at::text),
        event.actor, event.action, event.conversation_id, event.subject_id, event.detail)::text, 'UTF8')), 'hex')
    $$;

    CREATE FUNCTION ${s}.write_audit_receipts() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      INSERT INTO ${s}.audit_receipts SELECT written.id, ${s}.audit_digest(written) FROM written WHERE written.seq IS NULL;
      RETURN NULL;
    END $$;
    CREATE TRIGGER audit_events_receipts AFTER INSERT ON ${s}.audit_events
      REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ${s}.write_audit_receipts();

    CREATE FUNCTION ${s}.take_audit_receipts() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      DELETE FROM ${s}.audit_receipts receipt USING sealed
      WHERE receipt.event_id = sealed.id AND sealed.seq IS NOT NULL AND receipt.digest = ${s}.audit_digest(sealed);
      RETURN NULL;
    END $$;
    CREATE TRIGGER audit_events_sealed AFTER UPDATE ON ${s}.audit_events
      REFERENCING NEW TABLE AS sealed FOR EACH STATEMENT EXECUTE FUNCTION ${s}.take_audit_receipts();

    CREATE FUNCTION ${s}.refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ${s}.audit_events e WHERE e.id = OLD.event_id AND e.seq IS NOT NULL) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'audit_receipts: a receipt goes when its event is sealed';
    END $$;
    CREATE TRIGGER audit_receipts_kept BEFORE UPDATE OR DELETE ON ${s}.audit_receipts
      FOR EACH ROW EXECUTE FUNCTION ${s}.refuse_receipt_change();
    CREATE TRIGGER audit_receipts_no_truncate BEFORE TRUNCATE ON ${s}.audit_receipts
      FOR EACH STATEMENT EXECUTE FUNCTION ${s}.refuse_receipt_change();

    CREATE FUNCTION ${s}.audit_receipt_faults() RETURNS TABLE (event_id uuid, fault text) LANGUAGE sql STABLE
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      SELECT receipt.event_id, CASE WHEN e.id IS NULL THEN 'deleted' ELSE 'changed' END
      FROM ${s}.audit_receipts receipt LEFT JOIN ${s}.audit_events e ON e.id = receipt.event_id
      WHERE e.id IS NULL OR e.seq IS NOT NULL OR receipt.digest <> ${s}.audit_digest(e)
      UNION ALL
      SELECT e.id, 'unknown'
      FROM ${s}.audit_events e LEFT JOIN ${s}.audit_receipts receipt ON receipt.event_id = e.id
      WHERE e.seq IS NULL AND receipt.event_id IS NULL
    $$;

    INSERT INTO ${s}.audit_receipts SELECT e.id, ${s}.audit_digest(e) FROM ${s}.audit_events e WHERE e.seq IS NULL;
    ALTER TABLE ${s}.audit_events
      ADD CONSTRAINT audit_events_seal CHECK ((seq IS NULL AND hash IS NULL) OR (seq >= 1 AND hash IS NOT NULL)) NOT VALID;
  `,
  down: (s) => `
    ALTER TABLE ${s}.audit_events DROP CONSTRAINT audit_events_seal;
    DROP TRIGGER audit_events_sealed ON ${s}.audit_events;
    DROP TRIGGER audit_events_receipts ON ${s}.audit_events;
    DROP TABLE ${s}.audit_receipts;
    DROP FUNCTION ${s}.audit_receipt_faults();
    DROP FUNCTION ${s}.refuse_receipt_change();
    DROP FUNCTION ${s}.take_audit_receipts();
    DROP FUNCTION ${s}.write_audit_receipts();
    DROP FUNCTION ${s}.audit_digest(${s}.audit_events);
  `,
};
