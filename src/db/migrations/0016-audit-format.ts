import type { Migration } from './migration.js';

/**
 * Format 2 of the audit record: `actor` and `detail` are sealed as salted commitments, so that they can be erased without
 * breaking the chain. Lines sealed before keep their hash and their rule (`format` is null). Old workers can no longer
 * seal: a line of format 1 after one of format 2 counts as tampering. See docs/decisions/0017-audit-format.md.
 */
export const auditFormat: Migration = {
  name: '0016-audit-format',
  up: (s) => `
    ALTER TABLE ${s}.audit_events
      ADD COLUMN format smallint,
      ADD COLUMN actor_salt bytea,
      ADD COLUMN detail_salt bytea,
      ADD COLUMN actor_commitment bytea,
      ADD COLUMN detail_commitment bytea,
      ADD COLUMN actor_erased_by uuid,
      ADD COLUMN detail_erased_by uuid,
      ADD COLUMN key_id text,
      ADD COLUMN mac bytea;
    CREATE INDEX audit_events_actor_erased ON ${s}.audit_events (actor_erased_by) WHERE actor_erased_by IS NOT NULL;
    CREATE INDEX audit_events_detail_erased ON ${s}.audit_events (detail_erased_by) WHERE detail_erased_by IS NOT NULL;

    CREATE TABLE ${s}.audit_chain_end (
      single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
      seq bigint NOT NULL,
      hash text NOT NULL,
      key_id text,
      mac bytea
    ) WITH (fillfactor = 50);
    INSERT INTO ${s}.audit_chain_end (seq, hash)
      SELECT coalesce(max(seq), 0), coalesce((array_agg(hash ORDER BY seq DESC))[1], repeat('0', 64)) FROM (
        SELECT seq, hash FROM ${s}.audit_events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1) last;

    CREATE TABLE ${s}.audit_anchor (
      single_row boolean PRIMARY KEY DEFAULT true CHECK (single_row),
      id uuid NOT NULL DEFAULT ${s}.time_id(),
      due_at timestamptz(3) NOT NULL,
      claimed_until timestamptz(3),
      attempts integer NOT NULL DEFAULT 0,
      last_error text,
      handed_at timestamptz(3),
      handed_seq bigint,
      handed_hash text
    );
    INSERT INTO ${s}.audit_anchor (due_at) VALUES (${s}.clock());

    CREATE FUNCTION ${s}.audit_field_change(
      unsealed boolean, old_value jsonb, new_value jsonb, erased_value jsonb, old_erasure uuid, new_erasure uuid,
      old_salt bytea, new_salt bytea, old_commitment bytea, new_commitment bytea
    ) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN new_erasure IS NOT DISTINCT FROM old_erasure THEN
        new_value = old_value
          AND (new_salt IS NOT DISTINCT FROM old_salt OR (unsealed AND old_salt IS NULL AND old_erasure IS NULL))
          AND (new_commitment IS NOT DISTINCT FROM old_commitment OR (old_commitment IS NULL AND new_salt IS NOT NULL))
      ELSE
        old_erasure IS NULL AND new_value = erased_value AND new_salt IS NULL AND new_commitment IS NOT NULL
          AND (old_commitment IS NULL OR new_commitment = old_commitment)
      END
    $$;

    CREATE OR REPLACE FUNCTION ${s}.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      uncommitted boolean;
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        uncommitted := OLD.format IS NULL;
        IF (NEW.id, NEW.at, NEW.action) = (OLD.id, OLD.at, OLD.action)
          AND NEW.conversation_id IS NOT DISTINCT FROM OLD.conversation_id
          AND NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id
          AND ${s}.audit_field_change(uncommitted, OLD.actor, NEW.actor, '{"id": "erased"}', OLD.actor_erased_by,
            NEW.actor_erased_by, OLD.actor_salt, NEW.actor_salt, OLD.actor_commitment, NEW.actor_commitment)
          AND ${s}.audit_field_change(uncommitted, OLD.detail, NEW.detail, '{"erased": true}', OLD.detail_erased_by,
            NEW.detail_erased_by, OLD.detail_salt, NEW.detail_salt, OLD.detail_commitment, NEW.detail_commitment)
          AND ((OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL AND NEW.format = 2)
            OR ROW (NEW.seq, NEW.hash, NEW.format, NEW.key_id, NEW.mac)
              IS NOT DISTINCT FROM ROW (OLD.seq, OLD.hash, OLD.format, OLD.key_id, OLD.mac)
              AND ROW (NEW.actor_erased_by, NEW.detail_erased_by)
                IS DISTINCT FROM ROW (OLD.actor_erased_by, OLD.detail_erased_by)) THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION 'audit_events is append-only';
    END $$;

    CREATE OR REPLACE FUNCTION ${s}.take_audit_receipts() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      DELETE FROM ${s}.audit_receipts receipt USING sealed
      WHERE receipt.event_id = sealed.id AND sealed.seq IS NOT NULL AND receipt.digest = ${s}.audit_digest(sealed);
      UPDATE ${s}.audit_receipts receipt SET digest = ${s}.audit_digest(sealed) FROM sealed
      WHERE receipt.event_id = sealed.id AND sealed.seq IS NULL
        AND (sealed.actor_erased_by IS NOT NULL OR sealed.detail_erased_by IS NOT NULL);
      RETURN NULL;
    END $$;

    CREATE FUNCTION ${s}.audit_events_without_receipt(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      SELECT id FROM unnest(ids) id
      WHERE NOT EXISTS (SELECT FROM ${s}.audit_receipts receipt WHERE receipt.event_id = id)
    $$;

    CREATE OR REPLACE FUNCTION ${s}.refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ${s}.audit_events e WHERE e.id = OLD.event_id AND e.seq IS NOT NULL) THEN
        RETURN OLD;
      END IF;
      IF TG_OP = 'UPDATE' AND NEW.event_id = OLD.event_id AND EXISTS (
        SELECT FROM ${s}.audit_events e WHERE e.id = OLD.event_id AND e.seq IS NULL
          AND (e.actor_erased_by IS NOT NULL OR e.detail_erased_by IS NOT NULL) AND NEW.digest = ${s}.audit_digest(e)) THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'audit_receipts: a receipt goes when its event is sealed';
    END $$;
  `,
  /** The version before seals anew, by its own rule, whatever it could not verify. */
  down: (s) => `
    ALTER TABLE ${s}.audit_events DISABLE TRIGGER USER;
    INSERT INTO ${s}.audit_receipts
      SELECT e.id, ${s}.audit_digest(e) FROM ${s}.audit_events e WHERE e.seq >= (
        SELECT min(seq) FROM ${s}.audit_events
        WHERE format = 2 OR actor_erased_by IS NOT NULL OR detail_erased_by IS NOT NULL);
    UPDATE ${s}.audit_events e SET seq = NULL, hash = NULL FROM ${s}.audit_receipts r
      WHERE r.event_id = e.id AND e.seq IS NOT NULL;
    ALTER TABLE ${s}.audit_events ENABLE TRIGGER USER;
    DROP TABLE ${s}.audit_anchor;
    DROP TABLE ${s}.audit_chain_end;
    ALTER TABLE ${s}.audit_events
      DROP COLUMN format, DROP COLUMN actor_salt, DROP COLUMN detail_salt, DROP COLUMN actor_commitment,
      DROP COLUMN detail_commitment, DROP COLUMN actor_erased_by, DROP COLUMN detail_erased_by, DROP COLUMN key_id,
      DROP COLUMN mac;

    CREATE OR REPLACE FUNCTION ${s}.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL
        AND (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.detail) = (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.detail)
        AND NEW.conversation_id IS NOT DISTINCT FROM OLD.conversation_id
        AND NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'audit_events is append-only';
    END $$;
    CREATE OR REPLACE FUNCTION ${s}.take_audit_receipts() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      DELETE FROM ${s}.audit_receipts receipt USING sealed
      WHERE receipt.event_id = sealed.id AND sealed.seq IS NOT NULL AND receipt.digest = ${s}.audit_digest(sealed);
      RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION ${s}.refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ${s}.audit_events e WHERE e.id = OLD.event_id AND e.seq IS NOT NULL) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'audit_receipts: a receipt goes when its event is sealed';
    END $$;
    DROP FUNCTION ${s}.audit_events_without_receipt(uuid[]);
    DROP FUNCTION ${s}.audit_field_change(boolean, jsonb, jsonb, jsonb, uuid, uuid, bytea, bytea, bytea, bytea);
  `,
};
