-- boards_of
select board_id, game, code, name, operator, direction, source, counted, score_min, score_max, plausible_min,
    plausible_max, is_regional, session_seconds, position, is_open, rule_version,
    (select rule from boards.rules where rules.board_id = boards.board_id and rules.version = boards.rule_version), prizes
from boards.boards
where :game::text is null or game = :game
order by game, position, made_at, board_id
limit :count;

-- boards_by_id
select board_id, game, code, name, operator, direction, source, counted, score_min, score_max, plausible_min,
    plausible_max, is_regional, session_seconds, position, is_open, rule_version,
    (select rule from boards.rules where rules.board_id = boards.board_id and rules.version = boards.rule_version), prizes
from boards.boards
where board_id = any(:board_ids);

-- lock_board
select board_id, game, code, name, operator, direction, source, counted, score_min, score_max, plausible_min,
    plausible_max, is_regional, session_seconds, position, is_open, rule_version,
    (select rule from boards.rules where rules.board_id = boards.board_id and rules.version = boards.rule_version), prizes
from boards.boards
where board_id = :board_id
for update;

-- put_board
-- No row when the game has a board of this code.
insert into boards.boards (
    board_id, game, code, name, operator, direction, source, counted, score_min, score_max, plausible_min, plausible_max,
    is_regional, session_seconds, position, is_open, rule_version, prizes, made_at
) values (
    :row.board_id, :row.game, :row.code, :row.name, :row.operator, :row.direction, :row.source, :row.counted,
    :row.score_min, :row.score_max, :row.plausible_min, :row.plausible_max, :row.is_regional, :row.session_seconds,
    :row.position, :row.is_open, :row.rule_version, :row.prizes, :now
)
on conflict (game, code) do nothing
returning board_id;

-- save_board
update boards.boards
set name = :row.name, operator = :row.operator, direction = :row.direction, source = :row.source, counted = :row.counted,
    score_min = :row.score_min, score_max = :row.score_max, plausible_min = :row.plausible_min,
    plausible_max = :row.plausible_max, is_regional = :row.is_regional, session_seconds = :row.session_seconds,
    position = :row.position, is_open = :row.is_open, rule_version = :row.rule_version, prizes = :row.prizes
where board_id = :row.board_id;

-- put_rule
insert into boards.rules (board_id, version, rule, made_by, made_at)
values (:board_id, :version, :rule::text::json, :made_by, :now);

-- rule_of
select rule from boards.rules where board_id = :board_id and version = :version;

-- has_runs
select exists (select from boards.runs where board_id = :board_id);
