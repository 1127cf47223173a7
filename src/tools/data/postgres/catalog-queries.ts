/**
 * What PostgreSQL says of the objects in the schemas `$1`, in its own words wherever it has any (`pg_get_…def`). With an empty search
 * path every name comes with its schema. What belongs to an extension is the extension's. Columns: https://www.postgresql.org/docs/current/catalogs.html
 */
const ours = `
  relations AS (
    SELECT c.*, c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ),
  types AS (
    SELECT t.*, format_type(t.oid, NULL) AS name FROM pg_type t
    WHERE t.typnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  ),
  routines AS (
    SELECT p.*, p.oid::regprocedure::text AS name, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS noun FROM pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  ),
  sequences AS (
    SELECT r.name, r.oid, s.*, d.deptype, d.refobjid, d.refobjsubid,
      format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', seqstart, seqincrement, seqmin, seqmax, seqcache,
        CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END) AS options
    FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
      LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  ),
  columns AS (
    SELECT r.oid AS relation, r.name AS table_name, a.attnum, a.attname, a.attgenerated <> '' AS computed,
      format_type(a.atttypid, a.atttypmod) AS type,
      format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
        || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END
        || CASE
          WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',
            CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.name, s.options)
          WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(x.adbin, x.adrelid),
            CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
          WHEN x.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(x.adbin, x.adrelid)
          ELSE '' END
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS definition
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef x ON x.adrelid = r.oid AND x.adnum = a.attnum
      LEFT JOIN sequences s ON s.refobjid = r.oid AND s.refobjsubid = a.attnum AND s.deptype = 'i'
    WHERE r.relkind IN ('r', 'c')
  )`;

const query = (select: string): string => `WITH ${ours} ${select}`;
const options = "CASE WHEN r.reloptions IS NULL THEN '' ELSE ' WITH (' || array_to_string(r.reloptions, ', ') || ')' END";
const inTables = "SELECT oid FROM relations WHERE relkind IN ('r', 'm')";

/** The columns that rows are read and written by: what is computed comes out of what is copied. */
export const tableColumns = query(`
  SELECT r.name AS table, r.relname AS plain, r.relnamespace::regnamespace::text AS schema,
    coalesce(json_agg(json_build_object('name', c.attname, 'type', c.type) ORDER BY c.attnum) FILTER (WHERE NOT c.computed), '[]') AS columns,
    (SELECT coalesce(json_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum)), '[]') FROM pg_index i
      JOIN pg_attribute k ON k.attrelid = r.oid AND k.attnum = ANY (i.indkey) WHERE i.indrelid = r.oid AND i.indisprimary) AS key
  FROM relations r LEFT JOIN columns c ON c.relation = r.oid WHERE r.relkind = 'r'
  GROUP BY r.oid, r.name, r.relname, r.relnamespace ORDER BY 1`);

/** Where each sequence stands. It is moved outside of transactions, so it can only be too far. */
export const sequenceNames = query('SELECT name FROM sequences ORDER BY 1');

/** What stands before the rows come in; each may need another of them. */
export const beforeRows: readonly string[] = [
  `SELECT format('CREATE TYPE %s AS ENUM (%s)', t.name, (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)) AS sql
    FROM types t WHERE t.typtype = 'e'`,
  `SELECT format('CREATE DOMAIN %s AS %s', t.name, format_type(t.typbasetype, t.typtypmod))
      || CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || t.typcollation::regcollation ELSE '' END
      || coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
      || coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '' ORDER BY conname)
        FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'), '') AS sql
    FROM types t JOIN pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd'`,
  `SELECT format('CREATE TYPE %s AS (%s)', r.name, string_agg(c.definition, ', ' ORDER BY c.attnum)) AS sql
    FROM relations r JOIN columns c ON c.relation = r.oid WHERE r.relkind = 'c' GROUP BY r.oid, r.name`,
  `SELECT format('CREATE SEQUENCE %s AS %s %s', name, format_type(seqtypid, NULL), options) AS sql FROM sequences WHERE deptype IS DISTINCT FROM 'i'`,
  `SELECT format('CREATE %sTABLE %s (%s)%s', CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, r.name,
      coalesce(string_agg(c.definition, ', ' ORDER BY c.attnum), ''), ${options}) AS sql
    FROM relations r LEFT JOIN columns c ON c.relation = r.oid WHERE r.relkind = 'r' GROUP BY r.oid, r.name, r.relpersistence, r.reloptions`,
  `SELECT pg_get_functiondef(oid) AS sql FROM routines WHERE prokind IN ('f', 'p', 'w')`,
];

/** What stands after the rows, so that no trigger writes while they come in and each rule is checked over all of them. */
export const afterRows: readonly string[] = [
  `SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', s.name, s.refobjid::regclass, a.attname) AS sql
    FROM sequences s JOIN pg_attribute a ON a.attrelid = s.refobjid AND a.attnum = s.refobjsubid WHERE s.deptype = 'a'`,
  `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS sql
    FROM pg_constraint WHERE conrelid IN (${inTables}) AND contype IN ('p', 'u', 'c', 'x', 'f')`,
  `SELECT pg_get_indexdef(i.indexrelid) AS sql FROM pg_index i WHERE i.indrelid IN (${inTables})
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))`,
  `SELECT pg_get_statisticsobjdef(oid) AS sql FROM pg_statistic_ext WHERE stxrelid IN (${inTables})`,
  `SELECT format('CREATE VIEW %s%s AS %s', r.name, ${options}, pg_get_viewdef(r.oid)) AS sql FROM relations r WHERE r.relkind = 'v'`,
  `SELECT format('CREATE MATERIALIZED VIEW %s%s AS %s%s', r.name, ${options}, rtrim(pg_get_viewdef(r.oid), ';'),
    CASE WHEN r.relispopulated THEN '' ELSE ' WITH NO DATA' END) AS sql FROM relations r WHERE r.relkind = 'm'`,
  `SELECT pg_get_ruledef(w.oid) AS sql FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'`,
  `SELECT pg_get_triggerdef(g.oid) AS sql FROM pg_trigger g JOIN relations r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal`,
  `SELECT format('ALTER TABLE %s %s TRIGGER %I', r.name, CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, g.tgname) AS sql
    FROM pg_trigger g JOIN relations r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled <> 'O'`,
  `SELECT format('COMMENT ON %s %s IS %L', CASE i.type WHEN 'table column' THEN 'COLUMN' WHEN 'table constraint' THEN 'CONSTRAINT' ELSE upper(i.type) END, i.identity, d.description) AS sql
    FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
    WHERE (d.classoid = 'pg_class'::regclass AND d.objoid IN (SELECT oid FROM relations))
      OR (d.classoid = 'pg_type'::regclass AND d.objoid IN (SELECT oid FROM types))
      OR (d.classoid = 'pg_proc'::regclass AND d.objoid IN (SELECT oid FROM routines))
      OR (d.classoid = 'pg_constraint'::regclass AND d.objoid IN (SELECT oid FROM pg_constraint WHERE conrelid IN (${inTables})))
      OR (d.classoid = 'pg_trigger'::regclass AND d.objoid IN (SELECT oid FROM pg_trigger WHERE tgrelid IN (${inTables})))`,
];

/** Who owns and may use what: another server's people may not be there, so it stands apart from what the data is. */
export const accessRights: readonly string[] = [
  `SELECT r.name AS object, format('ALTER TABLE %s OWNER TO %I', r.name, pg_get_userbyid(r.relowner)) AS sql FROM relations r
    WHERE r.relkind IN ('r', 'v', 'm') OR (r.relkind = 'S' AND NOT EXISTS (SELECT FROM sequences s WHERE s.oid = r.oid AND s.deptype IS NOT NULL))`,
  `SELECT r.name AS object, format('GRANT %s ON %s %s TO %s%s', g.privilege_type, CASE r.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, r.name,
      CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
    FROM relations r CROSS JOIN LATERAL aclexplode(r.relacl) g WHERE r.relkind IN ('r', 'v', 'm', 'S') AND g.grantee <> r.relowner`,
  `SELECT r.name AS object, format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, a.attname, r.name,
      CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND NOT a.attisdropped CROSS JOIN LATERAL aclexplode(a.attacl) g
    WHERE r.relkind IN ('r', 'v', 'm')`,
  `SELECT name AS object, format('ALTER %s %s OWNER TO %I', noun, name, pg_get_userbyid(proowner)) AS sql FROM routines`,
  `SELECT name AS object, format('REVOKE ALL ON %s %s FROM PUBLIC', noun, name) AS sql FROM routines
    WHERE proacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(proacl) g WHERE g.grantee = 0)`,
  `SELECT p.name AS object, format('GRANT EXECUTE ON %s %s TO %s%s', p.noun, p.name,
      CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
    FROM routines p CROSS JOIN LATERAL aclexplode(p.proacl) g WHERE g.grantee <> p.proowner`,
  `SELECT name AS object, format('ALTER %s %s OWNER TO %I', CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, name, pg_get_userbyid(typowner)) AS sql
    FROM types t WHERE typtype IN ('e', 'd') OR (typtype = 'c' AND EXISTS (SELECT FROM relations r WHERE r.oid = t.typrelid AND r.relkind = 'c'))`,
];

/** How each is taken away. Rows of one table point to another's, so foreign keys go first and the rest in whatever order works. */
export const removals: readonly string[] = [
  `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql FROM pg_constraint WHERE conrelid IN (${inTables}) AND contype = 'f'`,
  `SELECT format('DROP %s %s', CASE r.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name) AS sql FROM relations r WHERE r.relkind IN ('v', 'm')`,
  `SELECT 'DROP TABLE ' || r.name AS sql FROM relations r WHERE r.relkind = 'r'`,
  `SELECT 'DROP SEQUENCE ' || name AS sql FROM sequences WHERE deptype IS NULL`,
  `SELECT format('DROP %s %s', noun, name) AS sql FROM routines WHERE prokind IN ('f', 'p', 'w')`,
  `SELECT format('DROP %s %s', CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, name) AS sql
    FROM types t WHERE typtype IN ('e', 'd') OR (typtype = 'c' AND EXISTS (SELECT FROM relations r WHERE r.oid = t.typrelid AND r.relkind = 'c'))`,
];

/** What would not come back as it was: it is refused by name instead. */
export const unknownObjects: readonly string[] = [
  `SELECT CASE relkind WHEN 'p' THEN 'the partitioned table ' WHEN 'f' THEN 'the foreign table ' ELSE 'the partition ' END || name AS sql FROM relations
    WHERE relkind IN ('p', 'f') OR (relispartition AND relkind = 'r')`,
  `SELECT 'the inheritance of ' || r.name AS sql FROM relations r JOIN pg_inherits i ON i.inhrelid = r.oid WHERE r.relkind = 'r' AND NOT r.relispartition`,
  `SELECT 'the row security of ' || name AS sql FROM relations WHERE relrowsecurity OR oid IN (SELECT polrelid FROM pg_policy)`,
  `SELECT 'the replica identity of ' || name AS sql FROM relations WHERE relkind = 'r' AND relreplident <> 'd'`,
  `SELECT 'the publication of ' || r.name AS sql FROM relations r JOIN pg_publication_rel p ON p.prrelid = r.oid`,
  `SELECT 'the typed table ' || name AS sql FROM relations WHERE relkind = 'r' AND reloftype <> 0`,
  `SELECT 'the range type ' || name AS sql FROM types WHERE typtype = 'r'`,
  `SELECT 'the base type ' || name AS sql FROM types WHERE typtype = 'b' AND typcategory <> 'A'`,
  `SELECT 'the aggregate ' || name AS sql FROM routines WHERE prokind = 'a'`,
  `SELECT 'the operator ' || oprname AS sql FROM pg_operator o WHERE oprnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')`,
  `SELECT 'the text search configuration ' || cfgname AS sql FROM pg_ts_config o WHERE cfgnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_ts_config'::regclass AND d.objid = o.oid AND d.deptype = 'e')`,
  `SELECT 'the collation ' || collname AS sql FROM pg_collation WHERE collnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1::text[]))`,
  `SELECT 'large objects' AS sql FROM pg_largeobject_metadata HAVING count(*) > 0`,
  `SELECT 'the schema ' || missing || ', which is not there' AS sql FROM unnest($1::text[]) missing WHERE missing NOT IN (SELECT nspname FROM pg_namespace)`,
];

/** The queries with what they ask of. */
export const asked = (selects: readonly string[]): string[] => selects.map(query);

/** Every object that a restore makes anew: their ids change with each restore, and by nothing that a service writes. */
export const relationIds = query("SELECT md5(coalesce(string_agg(oid::text, ',' ORDER BY oid), '')) AS id FROM relations");
