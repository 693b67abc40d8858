<?php
/**
 * A few of Moodle's own classes and functions, as far as local_innovationhub calls them. They are no Moodle.
 *
 * Written from Moodle's documentation of its interfaces, so that our plugin's code can be run where no Moodle can be had:
 * parameters and answers are checked against their descriptions, `$DB` speaks to SQLite, and a lock is a lock between
 * processes. What they do not show: Moodle's own permissions, its contexts, its mail, its other databases.
 */

namespace {
    const PARAM_INT = 'int';
    const PARAM_BOOL = 'bool';
    const PARAM_FLOAT = 'float';
    const PARAM_RAW = 'raw';
    const PARAM_ALPHA = 'alpha';
    const PARAM_ALPHAEXT = 'alphaext';
    const VALUE_REQUIRED = 1;
    const VALUE_OPTIONAL = 2;
    const VALUE_DEFAULT = 0;
    const NULL_ALLOWED = true;
    const NULL_NOT_ALLOWED = false;
    const MUST_EXIST = 2;
    const IGNORE_MISSING = 0;
    const FORMAT_HTML = '1';

    class moodle_exception extends \Exception {
        public $errorcode;
        public $debuginfo;

        public function __construct($errorcode, $module = '', $link = '', $a = null, $debuginfo = null) {
            $this->errorcode = $errorcode;
            $this->debuginfo = $debuginfo;
            parent::__construct($module === '' ? $errorcode : get_string($errorcode, $module));
        }
    }

    class invalid_parameter_exception extends moodle_exception {
        public function __construct($debuginfo = null) {
            parent::__construct('invalidparameter', '', '', null, $debuginfo);
        }
    }

    class invalid_response_exception extends moodle_exception {
        public function __construct($debuginfo = null) {
            parent::__construct('invalidresponse', '', '', null, $debuginfo);
        }
    }

    class dml_missing_record_exception extends moodle_exception {
        public function __construct($table) {
            parent::__construct('invalidrecord', '', '', null, $table);
        }
    }

    class context_module {
        public int $id = 0;

        public static function instance($cmid) {
            $context = new self();
            $context->id = $cmid;
            return $context;
        }
    }

    function get_string($name, $module) {
        if ($module !== 'local_innovationhub') {
            return $name;
        }
        $string = [];
        require(PLUGIN . '/lang/en/local_innovationhub.php');
        if (!isset($string[$name])) {
            throw new \Exception("no string $name");
        }
        return $string[$name];
    }

    function clean_text($text, $format) {
        return preg_replace('/<script.*?<\/script>/is', '', $text);
    }

    function require_capability($capability, $context) {
        $GLOBALS['asked'][] = $capability;
        if (in_array($capability, $GLOBALS['lacking'], true)) {
            throw new moodle_exception('nopermissions');
        }
    }

    function get_coursemodule_from_instance($module, $instance, $course, $section, $strictness) {
        return (object) ['id' => 1000 + $instance, 'course' => $course];
    }
}

namespace core_external {
    class external_description {
        public function __construct(public string $desc = '', public int $required = VALUE_REQUIRED, public $default = null) {
        }
    }

    class external_value extends external_description {
        public function __construct(
            public string $type,
            string $desc = '',
            int $required = VALUE_REQUIRED,
            $default = null,
            public bool $allownull = NULL_NOT_ALLOWED
        ) {
            parent::__construct($desc, $required, $default);
        }
    }

    class external_single_structure extends external_description {
        public function __construct(public array $keys, string $desc = '', int $required = VALUE_REQUIRED, $default = null) {
            parent::__construct($desc, $required, $default);
        }
    }

    class external_function_parameters extends external_single_structure {
    }

    class external_multiple_structure extends external_description {
        public function __construct(public $content, string $desc = '', int $required = VALUE_REQUIRED, $default = null) {
            parent::__construct($desc, $required, $default);
        }
    }

    class external_warnings extends external_multiple_structure {
        public function __construct() {
            parent::__construct(new external_single_structure([
                'item' => new external_value(PARAM_RAW, '', VALUE_OPTIONAL),
                'itemid' => new external_value(PARAM_INT, '', VALUE_OPTIONAL),
                'warningcode' => new external_value(PARAM_RAW),
                'message' => new external_value(PARAM_RAW),
            ]));
        }
    }

    abstract class external_api {
        public static function validate_context($context) {
        }

        public static function validate_parameters(external_description $description, $params) {
            return self::fitted($description, $params, \invalid_parameter_exception::class);
        }

        public static function clean_returnvalue(external_description $description, $answer) {
            return self::fitted($description, $answer, \invalid_response_exception::class);
        }

        private static function fitted(external_description $description, $value, string $wrong) {
            if ($description instanceof external_value) {
                return self::scalar($description, $value, $wrong);
            }
            if (!is_array($value)) {
                throw new $wrong('Only arrays accepted');
            }
            if ($description instanceof external_multiple_structure) {
                return array_map(fn($each) => self::fitted($description->content, $each, $wrong), array_values($value));
            }
            $made = [];
            foreach ($description->keys as $name => $inner) {
                if (array_key_exists($name, $value)) {
                    $made[$name] = self::fitted($inner, $value[$name], $wrong);
                } else if ($inner->required === VALUE_REQUIRED) {
                    throw new $wrong("Missing required key: $name");
                } else if ($inner->required === VALUE_DEFAULT) {
                    $made[$name] = $inner->default;
                }
            }
            if ($more = array_diff_key($value, $description->keys)) {
                throw new $wrong('Unexpected keys: ' . implode(', ', array_keys($more)));
            }
            return $made;
        }

        private static function scalar(external_value $description, $value, string $wrong) {
            if ($value === null && $description->allownull) {
                return null;
            }
            if (is_array($value) || is_object($value) || $value === null) {
                throw new $wrong('Scalar type expected');
            }
            $text = is_bool($value) ? (string) (int) $value : (string) $value;
            $fits = [
                PARAM_INT => '/^-?\d+$/D',
                PARAM_BOOL => '/^[01]$/D',
                PARAM_FLOAT => '/^-?\d+(\.\d+)?$/D',
                PARAM_RAW => '/^.*$/Ds',
                PARAM_ALPHA => '/^[a-zA-Z]*$/D',
                PARAM_ALPHAEXT => '/^[a-zA-Z_\-]*$/D',
            ][$description->type];
            if (!preg_match($fits, $text)) {
                throw new $wrong("the server was expecting \"{$description->type}\" type");
            }
            return match ($description->type) {
                PARAM_INT => (int) $text,
                PARAM_BOOL => (bool) $text,
                PARAM_FLOAT => (float) $text,
                default => $text,
            };
        }
    }
}

namespace core\lock {
    class lock {
        public function __construct(private $file) {
        }

        public function release() {
            flock($this->file, LOCK_UN);
            fclose($this->file);
        }
    }

    class lock_config {
        public static function get_lock_factory(string $type) {
            return new self();
        }

        public function get_lock(string $resource, int $timeout) {
            $file = fopen(FOLDER . '/lock-' . preg_replace('/\W/', '_', $resource), 'c');
            $timeout = $GLOBALS['call']['impatient'] ? 0 : $timeout;
            for ($until = microtime(true) + $timeout; !flock($file, LOCK_EX | LOCK_NB);) {
                if (microtime(true) > $until) {
                    fclose($file);
                    return false;
                }
                usleep(2000);
            }
            return new lock($file);
        }
    }
}

namespace mod_facetoface\event {
    class add_session {
        public static function create(array $data) {
            return new static();
        }

        public function trigger() {
            $GLOBALS['asked'][] = static::class;
        }
    }

    class update_session extends add_session {
    }
}
