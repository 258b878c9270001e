-- Do all books of this node agree with each other? One row per disagreement: which promise, whose key, what is seen.
-- No rows: coherent. Runs after every test that writes, after every fault, at the end of the demo, nightly in production.
-- The parameter "node" is this node's code; where another node holds a home or care region, that node's books are its own to ask.

WITH elsewhere AS (
    SELECT region FROM (
        SELECT home_region AS region FROM settlement_settlement UNION SELECT care_region FROM decision_decision
        UNION SELECT region FROM ledger_posting WHERE account IN ('to_care', 'from_home')
        UNION SELECT owner FROM ledger_posting WHERE account IN ('to_care', 'from_home')
    ) named
    WHERE (SELECT r.node FROM exchange_noderegion r WHERE starts_with(named.region, r.prefix)
           ORDER BY length(r.prefix) DESC LIMIT 1) <> %(node)s
), money AS (
    SELECT s.*, pooled + large_amount + major_illness + company + civil_servant + aid + disabled + other AS funds
    FROM settlement_settlement s
), posted AS (
    SELECT settlement, at, template, region,
           sum(amount) FILTER (WHERE account = 'fund')::bigint AS funds,
           sum(amount) FILTER (WHERE account = 'person')::bigint AS account,
           sum(amount) FILTER (WHERE account = 'to_care')::bigint AS to_care,
           sum(amount) FILTER (WHERE account = 'from_home')::bigint AS from_home,
           sum(amount) FILTER (WHERE account = 'institution_due')::bigint AS due,
           sum(amount) FILTER (WHERE account = 'desk_cash')::bigint AS cash
    FROM ledger_posting WHERE settlement IS NOT NULL GROUP BY settlement, at, template, region
), books AS (
    SELECT settlement, template, sum(funds)::bigint AS funds, sum(account)::bigint AS account,
           sum(to_care)::bigint AS to_care, sum(from_home)::bigint AS from_home, sum(due)::bigint AS due,
           sum(cash)::bigint AS cash
    FROM posted GROUP BY settlement, template
), folded AS (
    SELECT d.person_number, d.home_region, d.insurance, d.year, e.key, sum(e.value::bigint) AS amount
    FROM decision_decision d, jsonb_each_text(d.deltas) e WHERE d.state IN ('held', 'confirmed')
    GROUP BY 1, 2, 3, 4, 5
), stored AS (
    SELECT a.person_number, a.home_region, a.insurance, a.year, e.key, e.value::bigint AS amount
    FROM decision_accumulator a, jsonb_each_text(a.amounts) e
), steps AS (
    SELECT person_number, home_region, insurance, year, version FROM decision_decision
    UNION ALL
    SELECT person_number, home_region, insurance, year, void_version FROM decision_decision WHERE void_version IS NOT NULL
), marks AS (
    SELECT e.id AS encounter, m.key AS batch, m.value AS number FROM encounter_encounter e, jsonb_each_text(e.settled) m
), living AS (
    SELECT encounter, batch, region || lpad(id::text, 19, '0') AS number, id, total, not_covered, over_ceiling,
           first_self_pay, eligible
    FROM settlement_settlement WHERE state IN ('held', 'settled') AND voids IS NULL
)

SELECT 'the parts of a settlement add up' AS promise, id::text AS key, total::text AS seen FROM money
WHERE total <> not_covered + over_ceiling + first_self_pay + eligible

UNION ALL
SELECT 'the payers of a settlement add up', id::text, total::text FROM money
WHERE total <> funds + account + cash + hospital_borne

UNION ALL
SELECT 'a voided settlement has exactly one mirror, a living one none', s.id::text, s.state || ' ' || count(m.id)
FROM settlement_settlement s LEFT JOIN settlement_settlement m ON m.voids = s.id
WHERE s.voids IS NULL GROUP BY s.id, s.state HAVING count(m.id) <> (s.state = 'voided')::int

UNION ALL
SELECT 'a mirror negates its original', m.id::text, m.total || ' of ' || s.total
FROM money m JOIN money s ON s.id = m.voids
WHERE (m.total, m.not_covered, m.over_ceiling, m.first_self_pay, m.eligible, m.deductible, m.pooled, m.large_amount,
       m.major_illness, m.company, m.civil_servant, m.aid, m.disabled, m.other, m.account, m.cash, m.hospital_borne)
   <> (-s.total, -s.not_covered, -s.over_ceiling, -s.first_self_pay, -s.eligible, -s.deductible, -s.pooled,
       -s.large_amount, -s.major_illness, -s.company, -s.civil_servant, -s.aid, -s.disabled, -s.other, -s.account,
       -s.cash, -s.hospital_borne)

UNION ALL
SELECT 'a settlement lives exactly where its decision lives', coalesce(s.id, d.settlement)::text,
       coalesce(s.state, 'none') || ' / ' || coalesce(d.state, 'none')
FROM (SELECT * FROM settlement_settlement WHERE voids IS NULL
      AND home_region NOT IN (SELECT region FROM elsewhere)) s
FULL JOIN (SELECT * FROM decision_decision WHERE care_region NOT IN (SELECT region FROM elsewhere)) d
    ON d.settlement = s.id
WHERE (s.state, d.state) IS DISTINCT FROM ('settled', 'confirmed')
  AND (s.state, d.state) IS DISTINCT FROM ('voided', 'voided')
  AND (s.state, d.state) IS DISTINCT FROM ('held', 'held')
  AND (s.state, d.state) IS DISTINCT FROM ('aborted', 'cancelled')

UNION ALL
SELECT 'accumulators are the sum of held and confirmed decisions',
       concat_ws(' ', person_number, home_region, insurance, year, key),
       coalesce(s.amount, 0) || ' <> ' || coalesce(f.amount, 0)
FROM stored s FULL JOIN folded f USING (person_number, home_region, insurance, year, key)
WHERE coalesce(s.amount, 0) <> coalesce(f.amount, 0)

UNION ALL
SELECT 'no accumulator falls below zero', concat_ws(' ', person_number, home_region, insurance, year, key), amount::text
FROM stored WHERE amount < 0

UNION ALL
SELECT 'accumulator versions have no gaps', concat_ws(' ', a.person_number, a.home_region, a.insurance, a.year),
       a.version || ' after ' || count(s.version)
FROM decision_accumulator a LEFT JOIN steps s USING (person_number, home_region, insurance, year)
GROUP BY a.person_number, a.home_region, a.insurance, a.year, a.version
HAVING a.version <> count(DISTINCT s.version) OR a.version <> coalesce(max(s.version), 0)

UNION ALL
SELECT 'a ledger transaction nets to zero', transaction::text, sum(amount)::text
FROM ledger_posting GROUP BY month, transaction HAVING sum(amount) <> 0

UNION ALL
SELECT 'a balance is the sum of its postings', concat_ws(' ', region, account, owner),
       coalesce(b.amount, 0) || ' <> ' || coalesce(p.amount, 0)
FROM (SELECT region, account, owner, sum(amount) AS amount FROM ledger_balance GROUP BY 1, 2, 3) b
FULL JOIN (SELECT region, account, owner, sum(amount) AS amount FROM ledger_posting GROUP BY 1, 2, 3) p
    USING (region, account, owner)
WHERE coalesce(b.amount, 0) <> coalesce(p.amount, 0)

UNION ALL
SELECT 'no personal account is overdrawn', concat_ws(' ', region, owner), amount::text
FROM ledger_balance WHERE account = 'person' AND amount > 0

UNION ALL
SELECT 'what a care region is owed is what the home region owes', concat_ws(' ', care, home), sum(amount)::text
FROM (
    SELECT region AS care, owner AS home, amount FROM ledger_posting WHERE account = 'from_home'
    UNION ALL
    SELECT owner, region, amount FROM ledger_posting WHERE account = 'to_care'
) pairs WHERE care NOT IN (SELECT region FROM elsewhere) AND home NOT IN (SELECT region FROM elsewhere)
GROUP BY care, home HAVING sum(amount) <> 0

UNION ALL
SELECT 'the ledger says what the settlement says', s.id::text, concat_ws(' ', b.funds, b.account, b.cash)
FROM (SELECT * FROM money WHERE voids IS NULL AND state IN ('settled', 'voided')) s
LEFT JOIN books b ON b.settlement = s.id AND b.template = 'settlement'
WHERE (coalesce(b.funds, 0), coalesce(b.account, 0), coalesce(b.cash, 0), -coalesce(b.to_care, 0),
       coalesce(b.from_home, 0), -coalesce(b.due, 0))
   <> CASE WHEN s.home_region IN (SELECT region FROM elsewhere)
           THEN (0::bigint, 0::bigint, s.cash, 0::bigint, s.funds + s.account, s.funds + s.account)
           ELSE (s.funds, s.account, s.cash, s.funds + s.account, s.funds + s.account, s.funds + s.account) END

UNION ALL
SELECT 'the ledger pays from the funds the settlement names', id::text,
       fund || ' ' || coalesce(s.amount, 0) || ' <> ' || coalesce(p.amount, 0)
FROM (
    SELECT id, fund, amount
    FROM settlement_settlement CROSS JOIN LATERAL (VALUES ('pooled', pooled), ('large_amount', large_amount),
        ('major_illness', major_illness), ('company', company), ('civil_servant', civil_servant), ('aid', aid),
        ('disabled', disabled), ('other', other)) f (fund, amount)
    WHERE voids IS NULL AND state IN ('settled', 'voided') AND amount <> 0
      AND home_region NOT IN (SELECT region FROM elsewhere)
    UNION ALL
    SELECT settlement, p.key, p.value::bigint FROM decision_hold CROSS JOIN LATERAL jsonb_each_text(paid) p
    WHERE action = 'settle' AND state = 'confirmed' AND p.key <> 'account'
) s FULL JOIN (
    SELECT settlement AS id, owner AS fund, sum(amount)::bigint AS amount FROM ledger_posting
    WHERE template = 'settlement' AND account = 'fund' GROUP BY settlement, owner
) p USING (id, fund)
WHERE coalesce(s.amount, 0) <> coalesce(p.amount, 0)

UNION ALL
SELECT 'the ledger pays the allowances the decision names', settlement::text,
       fund || ' ' || coalesce(d.amount, 0) || ' <> ' || coalesce(p.amount, 0)
FROM (
    SELECT settlement, a.fund, sum(a.amount)::bigint AS amount
    FROM decision_decision, jsonb_to_recordset(allowances) AS a (fund text, amount bigint)
    WHERE state IN ('confirmed', 'voided') GROUP BY settlement, a.fund
) d FULL JOIN (
    SELECT settlement, owner AS fund, sum(amount)::bigint AS amount FROM ledger_posting
    WHERE template = 'allowance' AND account = 'fund' GROUP BY settlement, owner
) p USING (settlement, fund)
WHERE coalesce(d.amount, 0) <> coalesce(p.amount, 0)

UNION ALL
SELECT 'a voided settlement leaves nothing in the ledger', s.id::text, concat_ws(' ', p.region, p.account, p.owner, sum(p.amount))
FROM settlement_settlement s JOIN ledger_posting p ON p.settlement = s.id
WHERE s.state = 'voided' GROUP BY s.id, p.region, p.account, p.owner HAVING sum(p.amount) <> 0

UNION ALL
SELECT 'a void posts the exact mirror, once', s.id::text, concat_ws(' ', b.funds, b.account, b.cash)
FROM (SELECT * FROM money WHERE voids IS NULL) s
FULL JOIN (SELECT * FROM books WHERE template = 'void') b ON b.settlement = s.id
WHERE (coalesce(b.funds, 0), coalesce(b.account, 0), coalesce(b.cash, 0))
   <> CASE WHEN s.state = 'voided' AND s.home_region IN (SELECT region FROM elsewhere) THEN (0::bigint, 0::bigint, -s.cash)
           WHEN s.state = 'voided' THEN (-s.funds, -s.account, -s.cash) ELSE (0::bigint, 0::bigint, 0::bigint) END
  AND NOT EXISTS (SELECT FROM decision_hold h WHERE h.settlement = b.settlement AND h.action = 'void'
                  AND h.state = 'confirmed')

UNION ALL
SELECT 'encounters know which of their batches are settled', coalesce(m.encounter, l.encounter)::text,
       coalesce(m.number, 'none') || ' / ' || coalesce(l.number, 'none')
FROM marks m FULL JOIN living l ON (m.encounter, m.batch, m.number) = (l.encounter, l.batch, l.number)
WHERE m.encounter IS NULL OR l.encounter IS NULL

UNION ALL
SELECT 'a stay is settled exactly when its last interval is', e.id::text, e.state
FROM encounter_encounter e LEFT JOIN settlement_settlement s
    ON s.encounter = e.id AND s.state = 'settled' AND s.voids IS NULL AND NOT s.mid_stay
WHERE e.stay AND (e.state = 'settled') <> (s.id IS NOT NULL)

UNION ALL
SELECT 'a living settlement covers exactly its live fee lines', l.number, l.total || ' <> ' || coalesce(sum(f.amount), 0)
FROM living l LEFT JOIN encounter_fee_line f ON f.encounter_id = l.encounter AND f.batch = l.batch AND f.revoked_at IS NULL
GROUP BY l.number, l.total, l.not_covered, l.over_ceiling, l.first_self_pay, l.eligible
HAVING (l.total, l.not_covered, l.over_ceiling, l.first_self_pay, l.eligible)
    <> (coalesce(sum(f.amount), 0)::bigint, coalesce(sum(f.not_covered), 0)::bigint, coalesce(sum(f.over_ceiling), 0)::bigint,
        coalesce(sum(f.first_self_pay), 0)::bigint, coalesce(sum(f.eligible), 0)::bigint)

UNION ALL
SELECT 'a settlement answers exactly one message', subject::text, count(*)::text
FROM fsi_message WHERE infno IN ('2102', '2207', '2260', '2304', 'YJ03') AND state <> 'tombstone'
GROUP BY subject HAVING count(*) > 1

UNION ALL
SELECT 'a message that settled has its settlement', m.institution || ' ' || m.msgid, m.subject::text
FROM fsi_message m LEFT JOIN settlement_settlement s ON s.id = m.subject
WHERE m.infno IN ('2102', '2207', '2260', '2304', 'YJ03') AND m.state <> 'tombstone' AND s.id IS NULL

UNION ALL
SELECT 'a reversed message left nothing standing', m.institution || ' ' || m.msgid, coalesce(s.state, e.state)
FROM fsi_message m LEFT JOIN settlement_settlement s ON s.id = m.subject
LEFT JOIN encounter_encounter e ON e.id = m.subject
WHERE m.state = 'reversed' AND (s.state <> 'voided' OR e.state <> 'cancelled')

UNION ALL
SELECT 'a decision for another node stands where its holds stand', d.settlement::text, d.state || ' / ' || coalesce(h.states, 'none')
FROM decision_decision d LEFT JOIN LATERAL (
    SELECT string_agg(action || ' ' || state, ', ' ORDER BY action) AS states FROM decision_hold
    WHERE settlement = d.settlement AND NOT (action = 'void' AND state IN ('held', 'cancelled'))
) h ON true
WHERE d.care_region IN (SELECT region FROM elsewhere) AND h.states IS DISTINCT FROM CASE d.state
    WHEN 'held' THEN 'settle held' WHEN 'confirmed' THEN 'settle confirmed' WHEN 'cancelled' THEN 'settle cancelled'
    WHEN 'voided' THEN 'settle confirmed, void confirmed' END

UNION ALL
SELECT 'an accumulator is held exactly by an open hold', coalesce(a.held, h.attempt)::text,
       coalesce(a.person_number, h.person_number)
FROM (SELECT * FROM decision_accumulator WHERE held IS NOT NULL) a
FULL JOIN (SELECT * FROM decision_hold WHERE state = 'held') h ON h.attempt = a.held
    AND (a.person_number, a.home_region, a.insurance, a.year) = (h.person_number, h.home_region, h.insurance, h.year)
WHERE a.held IS NULL OR h.attempt IS NULL

UNION ALL
SELECT 'account money is reserved exactly by open holds', coalesce(b.owner, h.owner),
       coalesce(-b.amount, 0) || ' <> ' || coalesce(h.amount, 0)
FROM (SELECT region, owner, sum(amount) AS amount FROM ledger_balance WHERE account = 'person_held' GROUP BY 1, 2) b
FULL JOIN (SELECT home_region AS region, person_number AS owner, sum((paid->>'account')::bigint) AS amount
           FROM decision_hold WHERE state = 'held' AND action = 'settle' GROUP BY 1, 2) h USING (region, owner)
WHERE coalesce(-b.amount, 0) <> coalesce(h.amount, 0)

UNION ALL
SELECT 'an attempt is settled exactly when what it makes exists', a.id::text, a.state || ' / ' || coalesce(s.state, 'none')
FROM settlement_attempt a LEFT JOIN settlement_settlement s ON s.id = a.id
WHERE (a.state = 'settled') <> (s.id IS NOT NULL)

UNION ALL
SELECT 'a settlement paid from another node is an attempt', s.id::text, s.home_region
FROM settlement_settlement s LEFT JOIN settlement_attempt a ON a.id = s.id
WHERE s.home_region IN (SELECT region FROM elsewhere) AND a.id IS NULL

UNION ALL
SELECT 'versions of a kept record have no gaps and at most the newest is current', concat_ws(' ', institution, kind, key),
       count(*) || ' up to ' || max(version)
FROM archive_entry GROUP BY institution, kind, key
HAVING count(*) <> max(version) OR min(version) <> 1
    OR coalesce(max(version) FILTER (WHERE ended_at IS NULL), max(version)) <> max(version)

UNION ALL
SELECT 'a kept record belongs to the institution and person of its encounter', e.id::text, e.kind
FROM archive_entry e JOIN encounter_encounter v ON v.id = e.encounter
WHERE v.institution <> e.institution OR e.person_number NOT IN ('', v.person_number)

UNION ALL
SELECT 'a file is as large as its pieces', f.id::text, f.size || ' <> ' || coalesce(sum(length(p.content)), 0)
FROM files_file f LEFT JOIN files_piece p ON p.file_id = f.id
GROUP BY f.id, f.size HAVING f.size <> coalesce(sum(length(p.content)), 0)

UNION ALL
SELECT 'a reconciliation explains the difference of the sums', id::text, here_total || ' <> ' || there_total
FROM reconcile_run WHERE here_total <> there_total + differing_total + only_here_total - only_there_total

UNION ALL
SELECT 'a settlement list belongs to its settlement and is submitted only when it passed', l.id::text, l.state
FROM settlement_list_settlementlist l LEFT JOIN settlement_settlement s ON s.id = l.settlement
WHERE (s.institution, s.encounter, s.person_number) IS DISTINCT FROM (l.institution, l.encounter, l.person_number)
   OR l.state IN ('1', '2') AND (NOT l.passed OR l.findings @> '[{"level": "1"}]')

UNION ALL
SELECT 'versions of a settlement list have no gaps and at most the newest is current', settlement::text,
       count(*) || ' up to ' || max(version)
FROM settlement_list_settlementlist GROUP BY settlement
HAVING count(*) <> max(version) OR min(version) <> 1
    OR coalesce(max(version) FILTER (WHERE ended_at IS NULL), max(version)) <> max(version)
