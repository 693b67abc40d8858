<?php
/**
 * Calls one function of local_innovationhub, over the stand-ins beside this file.
 *
 * Standard input is JSON: function, params, plugin (its folder), folder (for the database and locks), now (Unix time),
 * users, activities, lacking (capabilities), impatient (no lock is waited for). Standard output is JSON: the answer, or the exception as Moodle shows it,
 * under `failed`; and which capabilities were asked for.
 */

namespace local_innovationhub\external {
    function time() {
        return \now();
    }
}

namespace {
    error_reporting(E_ALL);
    set_error_handler(function ($level, $message, $file, $line) {
        throw new ErrorException($message, 0, $level, $file, $line);
    });
    $call = json_decode(file_get_contents('php://stdin'), true, 512, JSON_THROW_ON_ERROR);
    define('PLUGIN', $call['plugin']);
    define('FOLDER', $call['folder']);
    define('MOODLE_INTERNAL', true);

    function now() {
        return $GLOBALS['call']['now'];
    }

    require(__DIR__ . '/core.php');
    require(__DIR__ . '/database.php');
    spl_autoload_register(function ($class) {
        if (str_starts_with($class, 'local_innovationhub\\')) {
            require(PLUGIN . '/classes/' . strtr(substr($class, strlen('local_innovationhub\\')), '\\', '/') . '.php');
        }
    });
    $CFG = (object) ['dirroot' => __DIR__ . '/site'];
    $DB = new database(FOLDER . '/moodle.sqlite');
    $asked = [];
    $lacking = $call['lacking'];
    foreach ($call['users'] as $user) {
        $DB->replace('user', $user);
    }
    foreach ($call['activities'] as $activity) {
        $DB->replace('facetoface', $activity);
        $DB->replace('course', ['id' => $activity['course']]);
    }
    $functions = $services = [];
    require(PLUGIN . '/db/services.php');
    $class = $functions[$call['function']]['classname'];
    try {
        $params = $class::validate_parameters($class::execute_parameters(), $call['params']);
        $answer = $class::execute(...array_values($params));
        $said = ['answer' => $class::clean_returnvalue($class::execute_returns(), $answer)];
    } catch (moodle_exception $error) {
        $said = ['failed' => [
            'exception' => get_class($error),
            'errorcode' => $error->errorcode,
            'message' => $error->getMessage(),
            'debuginfo' => (string) $error->debuginfo,
        ]];
    }
    echo json_encode($said + ['asked' => $asked], JSON_THROW_ON_ERROR);
}
