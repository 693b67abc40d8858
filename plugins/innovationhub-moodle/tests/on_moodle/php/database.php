<?php
/** Moodle's `$DB`, as far as it is used, over SQLite: {table} is a table, `?` a value. */

class database {
    private PDO $pdo;

    public function __construct(string $file) {
        $this->pdo = new PDO("sqlite:$file", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
        $this->pdo->exec('PRAGMA busy_timeout = 20000');
        $this->pdo->exec(file_get_contents(__DIR__ . '/tables.sql'));
    }

    private function run(string $sql, array $params = []): PDOStatement {
        $statement = $this->pdo->prepare(preg_replace('/\{(\w+)\}/', '"$1"', $sql));
        foreach (array_values($params) as $place => $value) {
            $kind = is_int($value) || is_bool($value) ? PDO::PARAM_INT : ($value === null ? PDO::PARAM_NULL : PDO::PARAM_STR);
            $statement->bindValue($place + 1, $value, $kind);
        }
        $statement->execute();
        return $statement;
    }

    private function where(array $conditions): string {
        return implode(' AND ', array_map(fn($name) => "$name = ?", array_keys($conditions))) ?: '1 = 1';
    }

    public function get_records_sql(string $sql, array $params = []): array {
        $found = [];
        foreach ($this->run($sql, $params)->fetchAll(PDO::FETCH_OBJ) as $row) {
            $found[current((array) $row)] = $row;
        }
        return $found;
    }

    public function get_record_sql(string $sql, array $params = []) {
        return current($this->get_records_sql($sql, $params));
    }

    public function get_records_sql_menu(string $sql, array $params = []): array {
        return $this->run($sql, $params)->fetchAll(PDO::FETCH_KEY_PAIR);
    }

    public function get_fieldset_sql(string $sql, array $params = []): array {
        return $this->run($sql, $params)->fetchAll(PDO::FETCH_COLUMN);
    }

    public function get_records_menu(string $table, array $conditions, string $sort, string $fields): array {
        $sql = "SELECT $fields FROM {{$table}} WHERE {$this->where($conditions)} ORDER BY $sort";
        return $this->get_records_sql_menu($sql, $conditions);
    }

    public function get_record(string $table, array $conditions, string $fields = '*', int $strictness = IGNORE_MISSING) {
        $row = $this->get_record_sql("SELECT $fields FROM {{$table}} WHERE {$this->where($conditions)}", $conditions);
        if (!$row && $strictness === MUST_EXIST) {
            throw new dml_missing_record_exception($table);
        }
        return $row;
    }

    public function get_field(string $table, string $field, array $conditions, int $strictness = IGNORE_MISSING) {
        $row = $this->get_record($table, $conditions, $field, $strictness);
        return $row ? $row->$field : false;
    }

    public function record_exists(string $table, array $conditions): bool {
        return (bool) $this->get_record($table, $conditions, 'id');
    }

    private function columns(string $table, object $row): array {
        $known = array_column($this->run("PRAGMA table_info({{$table}})")->fetchAll(PDO::FETCH_ASSOC), 'name');
        return array_diff_key(array_intersect_key((array) $row, array_flip($known)), ['id' => 0]);
    }

    public function insert_record(string $table, object $row): int {
        $values = $this->columns($table, $row);
        $names = implode(', ', array_keys($values));
        $places = implode(', ', array_fill(0, count($values), '?'));
        $this->run("INSERT INTO {{$table}} ($names) VALUES ($places)", $values);
        return (int) $this->pdo->lastInsertId();
    }

    public function update_record(string $table, object $row): bool {
        $values = $this->columns($table, $row);
        $sets = implode(', ', array_map(fn($name) => "$name = ?", array_keys($values)));
        $this->run("UPDATE {{$table}} SET $sets WHERE id = ?", [...array_values($values), $row->id]);
        return true;
    }

    public function set_field(string $table, string $field, $value, array $conditions): bool {
        $sql = "UPDATE {{$table}} SET $field = ? WHERE {$this->where($conditions)}";
        $this->run($sql, [$value, ...array_values($conditions)]);
        return true;
    }

    public function delete_records(string $table, array $conditions): bool {
        $this->run("DELETE FROM {{$table}} WHERE {$this->where($conditions)}", $conditions);
        return true;
    }

    public function replace(string $table, array $row): void {
        $places = implode(', ', array_fill(0, count($row), '?'));
        $this->run("REPLACE INTO {{$table}} (" . implode(', ', array_keys($row)) . ") VALUES ($places)", $row);
    }

    public function start_delegated_transaction() {
        $this->pdo->exec('BEGIN IMMEDIATE');
        return new class ($this->pdo) {
            public function __construct(private PDO $pdo) {
            }

            public function allow_commit() {
                $this->pdo->exec('COMMIT');
            }
        };
    }
}
