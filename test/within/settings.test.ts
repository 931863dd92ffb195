import assert from 'node:assert/strict';
import { sessionSettingsToChange } from '../../src/within/settings.js';

/** What a session has by default, with the values that Postgres prints. */
const usual = {
  search_path: '"$user", public',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  array_nulls: 'on',
  transform_null_equals: 'off',
  gin_fuzzy_search_limit: '0',
};

describe('the settings of a host’s session', () => {
  it('are left alone if they are defaults or change no result', () => {
    assert.deepEqual(sessionSettingsToChange(usual), {});
    const harmless = {
      search_path: ['pg_catalog, app', 'app', ''],
      TimeZone: ['Etc/UTC', 'GMT', 'zulu'],
      DateStyle: ['ISO, DMY'],
      extra_float_digits: ['3', '2'],
      client_encoding: ['utf-8'],
    };
    for (const [name, values] of Object.entries(harmless))
      for (const value of values)
        assert.deepEqual(sessionSettingsToChange({ ...usual, [name]: value }), {}, `${name} ${value}`);
  });

  it('are changed one by one if they would change a result or are unknown', () => {
    const harmful = {
      search_path: ['evil, pg_catalog', '"evil", "pg_catalog"'],
      TimeZone: ['Asia/Kathmandu', 'UTC+3'],
      DateStyle: ['German', 'SQL, DMY'],
      IntervalStyle: ['iso_8601'],
      extra_float_digits: ['0', '-15'],
      standard_conforming_strings: ['off'],
      client_encoding: ['LATIN1', 'SQL_ASCII'],
      array_nulls: ['off'],
      transform_null_equals: ['on'],
      gin_fuzzy_search_limit: ['5', '2000'],
    };
    for (const [name, values] of Object.entries(harmful))
      for (const value of values)
        assert.deepEqual(Object.keys(sessionSettingsToChange({ ...usual, [name]: value })), [name], `${name} ${value}`);
    const { search_path, ...others } = sessionSettingsToChange({});
    assert.equal(search_path, undefined);
    assert.equal(Object.keys(others).length, 9);
  });
});
