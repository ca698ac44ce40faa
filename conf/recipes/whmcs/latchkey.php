<?php
/*
 * Latchkey as a provisioning module of WHMCS: see README.md one folder up.
 *
 * The number of an account is "whmcs-" and the id of the service. Every
 * function returns "success" or the words WHMCS shows to its administrators.
 */

function latchkey_MetaData()
{
    return ['DisplayName' => 'Latchkey', 'APIVersion' => '1.1', 'RequiresServer' => true,
        'DefaultSSLPort' => '443'];
}

function latchkey_call(array $params, $act, array $body)
{
    $host = $params['serverhostname'];
    $port = !empty($params['serverport']) ? ':' . (int)$params['serverport'] : '';
    $number = 'whmcs-' . (int)$params['serviceid'];
    $curl = curl_init("https://$host$port/api/v1/accounts/$number$act");
    curl_setopt_array($curl, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 20,
        CURLOPT_POSTFIELDS => json_encode((object)$body),
        CURLOPT_HTTPHEADER => ['Content-Type: application/json',
            'Authorization: Bearer ' . $params['serverpassword']],
    ]);
    $text = curl_exec($curl);
    if ($text === false) {
        return 'Latchkey does not answer: ' . curl_error($curl);
    }
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) === 200) {
        return 'success';
    }
    $problem = json_decode($text, true);
    return $problem['detail'] ?? $problem['title'] ?? 'Latchkey gave an answer that is none.';
}

function latchkey_CreateAccount(array $params)
{
    $client = $params['clientsdetails'];
    $name = trim($client['firstname'] . ' ' . $client['lastname']);
    return latchkey_call($params, '', ['name' => $name, 'mail' => $client['email']]);
}

function latchkey_SuspendAccount(array $params)
{
    return latchkey_call($params, '/suspend', ['reason' => $params['suspendreason'] ?? '']);
}

function latchkey_UnsuspendAccount(array $params)
{
    return latchkey_call($params, '/restore', []);
}

function latchkey_TerminateAccount(array $params)
{
    return latchkey_call($params, '/end', []);
}
