# easwizard-collect.ps1, version 1
#
# Reads how this Exchange organisation publishes ActiveSync and writes it to ONE file, for easwizard to read.
# It changes nothing: it only runs Get- commands, "netsh http show sslcert", and reads IIS configuration files.
# The only thing it writes is the file named by -OutFile.
#
# How to run it
#   Open the Exchange Management Shell on an Exchange server, as administrator ("Run as administrator"; without
#   that the IIS files cannot be read), then:
#       .\easwizard-collect.ps1
#   Run it once in the newest shell, and once on every Client Access server: each server knows only its own IIS.
#   On Exchange 2007 use that server's own Exchange Management Shell. It needs PowerShell 2.0.
#   If Windows says that the file is blocked: right-click it, Properties, Unblock. Or start it once like this:
#       powershell -ExecutionPolicy Bypass -File .\easwizard-collect.ps1
#   (in a session that has the Exchange commands). Do not change the policy of the machine for it.
#
# Parameters
#   -OutFile     where to write; by default a new file in the current folder. An existing file is not overwritten.
#   -Server      only these servers, by name; by default all that Exchange lists.
#   -NoIis       leave out IIS, Windows features and certificate bindings.
#   -Anonymize   replace host, server and site names by hashes; the same name gets the same hash everywhere.
#
# What is NOT collected: mailboxes, users, devices, logs, private keys, passwords, session keys, certificate mappings,
# or a copy of applicationHost.config; only the values listed below are taken from it.
# The scope is what the shell sees: where only a part of the forest is in view, only that part is listed.

param(
    [string] $OutFile = '',
    [string[]] $Server = @(),
    [switch] $NoIis,
    [switch] $Anonymize
)

$EasVersion = '1'
$EasActiveSync = 'Microsoft-Server-ActiveSync'
$EasMostItems = 20000
$EasMostDepth = 4
$EasHashes = @{}

# The properties taken of each kind of object. Nothing else leaves the object.
$EasOfServer = @('Name', 'Fqdn', 'Site', 'AdminDisplayVersion', 'ServerRole', 'IsClientAccessServer', 'IsMailboxServer', 'IsEdgeServer', 'Edition')
$EasOfVdir = @('Server', 'Name', 'Identity', 'InternalUrl', 'ExternalUrl', 'WebsiteName', 'BasicAuthEnabled', 'WindowsAuthEnabled', 'ClientCertAuth', 'MetabasePath', 'VirtualDirectoryName', 'WebSiteSSLEnabled', 'Path', 'ActiveSyncServer', 'MobileClientCertificateProvisioningEnabled', 'InternalAuthenticationMethods', 'ExternalAuthenticationMethods', 'ExtendedProtectionTokenChecking', 'ExtendedProtectionFlags', 'AdminDisplayVersion', 'DistinguishedName', 'Guid', 'WhenChanged', 'WhenChangedUTC', 'OriginatingServer')
$EasOfClientAccess = @('Name', 'Fqdn', 'AutoDiscoverServiceInternalUri', 'AutoDiscoverSiteScope', 'OutlookAnywhereEnabled', 'ClientAccessArray')
$EasOfOutlookAnywhere = @('Server', 'ServerName', 'Identity', 'ExternalHostname', 'InternalHostname', 'ExternalClientAuthenticationMethod', 'InternalClientAuthenticationMethod', 'ClientAuthenticationMethod', 'IISAuthenticationMethods', 'SSLOffloading', 'ExternalClientsRequireSsl', 'InternalClientsRequireSsl', 'MetabasePath')
$EasOfSite = @('Name', 'HubSiteEnabled', 'PartnerId', 'MinorPartnerId', 'ResponsibleForSites', 'DistinguishedName', 'Guid')
$EasOfFeature = @('Name', 'Installed', 'InstallState', 'FeatureType')

# The attributes taken of IIS, as section and attribute below system.webServer. No other attribute is looked at.
$EasSettings = @(
    'security/access|sslFlags',
    'security/authentication/anonymousAuthentication|enabled',
    'security/authentication/basicAuthentication|enabled',
    'security/authentication/windowsAuthentication|enabled',
    'security/authentication/windowsAuthentication|extendedProtection/tokenChecking',
    'security/authentication/clientCertificateMappingAuthentication|enabled',
    'security/authentication/iisClientCertificateMappingAuthentication|enabled',
    'serverRuntime|uploadReadAheadSize',
    'httpRedirect|enabled',
    'httpRedirect|destination'
)
$EasSections = @(
    'security/access',
    'security/authentication/anonymousAuthentication',
    'security/authentication/basicAuthentication',
    'security/authentication/windowsAuthentication',
    'security/authentication/clientCertificateMappingAuthentication',
    'security/authentication/iisClientCertificateMappingAuthentication',
    'serverRuntime',
    'httpRedirect'
)
# The keys taken of the metabase of IIS 6 (Windows 2003).
$EasMetabaseKeys = @('AccessSSLFlags', 'AuthFlags', 'SslUseDsMapper', 'UploadReadAheadSize', 'NTAuthenticationProviders', 'ServerComment', 'SecureBindings')
# Everyday words that -Anonymize leaves alone even where a host is called so.
$EasPlainWords = @('exchange', 'microsoft', 'server', 'activesync', 'default', 'web', 'site', 'iis', 'system', 'windows', 'program', 'files', 'proxy', 'ssl', 'www', 'true', 'false', 'enabled', 'none', 'security', 'access', 'authentication', 'setting', 'application', 'module', 'lock', 'section', 'config')

# ---------------------------------------------------------------- text and JSON

function Get-EasHash([string] $Text) {
    # Eight digits of SHA-256: enough to tell names apart, and the same in every file.
    $sha = New-Object -TypeName System.Security.Cryptography.SHA256Managed
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding
    $bytes = $sha.ComputeHash($utf8.GetBytes($Text.ToLowerInvariant()))
    return 'n' + [System.BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant().Substring(0, 8)
}

function Get-EasHidden([string] $Text) {
    # Longer names first, so that EX07-A is not half replaced by the hash of EX07.
    $hidden = $Text
    foreach ($name in @($EasHashes.Keys | Sort-Object -Property 'Length' -Descending)) {
        $pattern = '(?i)(?<![A-Za-z0-9])' + [System.Text.RegularExpressions.Regex]::Escape($name) + '(?![A-Za-z0-9])'
        $hidden = [System.Text.RegularExpressions.Regex]::Replace($hidden, $pattern, $EasHashes[$name])
    }
    return $hidden
}

function Get-EasTextJson([string] $Text) {
    # Pure ASCII, so that nobody has to ask for the encoding of the file.
    $plain = $Text
    if ($Anonymize) {
        $plain = Get-EasHidden $Text
    }
    $json = New-Object -TypeName System.Text.StringBuilder
    foreach ($character in $plain.ToCharArray()) {
        $code = [int] $character
        if (($code -lt 32) -or ($code -gt 126) -or ($code -eq 34) -or ($code -eq 92)) {
            [void] $json.Append('\u' + $code.ToString('x4', $EasInvariant))
        }
        else {
            [void] $json.Append($character)
        }
    }
    return '"' + $json.ToString() + '"'
}

function Get-EasListJson($Values, [int] $Depth) {
    $parts = New-Object -TypeName System.Collections.ArrayList
    foreach ($value in $Values) {
        [void] $parts.Add((Get-EasValueJson $value ($Depth + 1)))
    }
    return '[' + [System.String]::Join(',', $parts.ToArray()) + ']'
}

function Get-EasValueJson($Value, [int] $Depth) {
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Depth -gt $EasMostDepth) {
        return '"(too deep)"'
    }
    if ($Value -is [System.String]) {
        return (Get-EasTextJson $Value)
    }
    if ($Value -is [System.Boolean]) {
        return $Value.ToString().ToLowerInvariant()
    }
    if ($Value -is [System.Enum]) {
        $number = [System.Convert]::ToInt64($Value, $EasInvariant)
        return '{"t":' + (Get-EasTextJson $Value.ToString()) + ',"n":' + $number.ToString($EasInvariant) + '}'
    }
    if (($Value -is [System.Int32]) -or ($Value -is [System.Int64]) -or ($Value -is [System.UInt32]) -or ($Value -is [System.Byte])) {
        return $Value.ToString($EasInvariant)
    }
    if ($Value -is [System.DateTime]) {
        $text = $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', $EasInvariant)
        return (Get-EasTextJson $text)
    }
    if (($Value -is [System.Collections.IEnumerable]) -and ($Value -isnot [System.Xml.XmlNode])) {
        return (Get-EasListJson $Value $Depth)
    }
    return (Get-EasTextJson $Value.ToString())
}

function Get-EasMember([string] $Name, $Value) {
    # The names are words of this script and never hidden.
    return '"' + $Name + '":' + (Get-EasValueJson $Value 0)
}

function Get-EasObjectJson($Members) {
    return '{' + [System.String]::Join(',', @($Members)) + '}'
}

function Get-EasItem($Object, $Names) {
    # One object with the wanted properties that it has; what it lacks is left out, not written as empty.
    $members = @()
    foreach ($name in $Names) {
        $property = $Object.PSObject.Properties[$name]
        if ($null -ne $property) {
            $members += (Get-EasMember $name $property.Value)
        }
    }
    return (Get-EasObjectJson $members)
}

function Add-EasName($Text) {
    # Remember the parts of a host name, or a server or site name, for -Anonymize.
    if ((-not $Anonymize) -or ($null -eq $Text)) {
        return
    }
    $labels = @($Text.ToString().Split('.'))
    $last = $labels.Length - 1
    for ($i = 0; $i -le $last; $i++) {
        $label = $labels[$i].Trim().ToLowerInvariant()
        $isTop = ($i -eq $last) -and ($last -gt 0)
        if ((-not $isTop) -and ($label -match '[a-z]') -and ($EasPlainWords -notcontains $label)) {
            $EasHashes[$label] = Get-EasHash $label
        }
    }
}

function Add-EasNamesOf($Object) {
    foreach ($name in @('Name', 'Fqdn', 'Server', 'ServerName', 'ExternalHostname', 'InternalHostname', 'OriginatingServer')) {
        $property = $Object.PSObject.Properties[$name]
        if (($null -ne $property) -and ($null -ne $property.Value) -and ($property.Value.ToString() -notmatch '[ \\(]')) {
            Add-EasName $property.Value
        }
    }
    foreach ($name in @('InternalUrl', 'ExternalUrl', 'AutoDiscoverServiceInternalUri')) {
        $property = $Object.PSObject.Properties[$name]
        if (($null -ne $property) -and ($null -ne $property.Value)) {
            $parts = $property.Value.ToString().Split('/')
            if ($parts.Length -gt 2) {
                $target = $parts[2].Split(':')
                Add-EasName $target[0]
            }
        }
    }
    $site = $Object.PSObject.Properties['Site']
    if (($null -ne $site) -and ($null -ne $site.Value)) {
        $parts = $site.Value.ToString().Split('/')
        Add-EasName $parts[0]
        Add-EasName $parts[$parts.Length - 1]
    }
}

# ---------------------------------------------------------------- Exchange

function Test-EasParameter([string] $Command, [string] $Parameter) {
    $found = @(Get-Command -Name $Command -ErrorAction SilentlyContinue)
    return ($found.Length -gt 0) -and $found[0].Parameters.ContainsKey($Parameter)
}

function Get-EasServerItem {
    $all = @(Get-ExchangeServer -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    Save-EasProblem $problems
    foreach ($one in $all) {
        if (($Server.Length -eq 0) -or ($Server -contains $one.Name)) {
            Add-EasNamesOf $one
            Get-EasItem $one $EasOfServer
        }
    }
}

function Get-EasVdirItem([bool] $FromDirectory) {
    # From the directory: every server at once, and no server is contacted. Otherwise IIS is asked as well, which is
    # slow and often blocked for other servers: 2013 and later are asked for this server alone unless -Server is given.
    $found = @()
    $newer = Test-EasParameter 'Get-ActiveSyncVirtualDirectory' 'ShowMailboxVirtualDirectories'
    $names = $Server
    if (($names.Length -eq 0) -and $newer -and (-not $FromDirectory)) {
        $names = @($env:COMPUTERNAME)
    }
    if ($FromDirectory) {
        $found = @(Get-ActiveSyncVirtualDirectory -ADPropertiesOnly -ErrorAction SilentlyContinue -ErrorVariable 'problems')
        Save-EasProblem $problems
    }
    elseif ($names.Length -eq 0) {
        $found = @(Get-ActiveSyncVirtualDirectory -ErrorAction SilentlyContinue -ErrorVariable 'problems')
        Save-EasProblem $problems
    }
    else {
        foreach ($name in $names) {
            $found += @(Get-ActiveSyncVirtualDirectory -Server $name -ErrorAction SilentlyContinue -ErrorVariable 'problems')
            Save-EasProblem $problems
        }
    }
    foreach ($one in $found) {
        Add-EasNamesOf $one
        Get-EasItem $one $EasOfVdir
    }
}

function Get-EasClientAccessItem([bool] $Newer) {
    # Never with -IncludeAlternateServiceAccountCredentialPassword: that would give a secret.
    if ($Newer) {
        $found = @(Get-ClientAccessService -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    }
    else {
        $found = @(Get-ClientAccessServer -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    }
    Save-EasProblem $problems
    foreach ($one in $found) {
        Add-EasNamesOf $one
        Get-EasItem $one $EasOfClientAccess
    }
}

function Get-EasOutlookAnywhereItem {
    if (Test-EasParameter 'Get-OutlookAnywhere' 'ADPropertiesOnly') {
        $found = @(Get-OutlookAnywhere -ADPropertiesOnly -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    }
    else {
        $found = @(Get-OutlookAnywhere -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    }
    Save-EasProblem $problems
    foreach ($one in $found) {
        Add-EasNamesOf $one
        Get-EasItem $one $EasOfOutlookAnywhere
    }
}

function Get-EasSiteItem {
    $found = @(Get-ADSite -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    Save-EasProblem $problems
    foreach ($one in $found) {
        Add-EasName $one.Name
        Get-EasItem $one $EasOfSite
    }
}

# ---------------------------------------------------------------- Windows and IIS

function Get-EasFeatureItem {
    # Not there on Windows 2003 and 2008; then the modules of IIS tell the same.
    Import-Module -Name 'ServerManager' -ErrorAction SilentlyContinue
    $found = @(Get-WindowsFeature -Name 'Web-*' -ErrorAction SilentlyContinue -ErrorVariable 'problems')
    Save-EasProblem $problems
    foreach ($one in $found) {
        if (($one.Name -eq 'Web-Client-Auth') -or ($one.Name -eq 'Web-Cert-Auth')) {
            Get-EasItem $one $EasOfFeature
        }
    }
}

function Get-EasBindingItem {
    # Thumbprints and flags of the certificate bindings; no certificate and no key.
    foreach ($line in @(netsh.exe http show sslcert)) {
        Get-EasObjectJson @((Get-EasMember 'line' ([string] $line)))
    }
}

function Get-EasXml([string] $Path) {
    $xml = New-Object -TypeName System.Xml.XmlDocument
    $xml.XmlResolver = $null
    $xml.Load($Path)
    return , $xml
}

function Get-EasConfigFolder {
    # A 32-bit shell sees the real folder only as Sysnative.
    foreach ($name in @('Sysnative', 'System32')) {
        $folder = Join-Path -Path $env:windir -ChildPath ($name + '\inetsrv')
        if (Test-Path -LiteralPath (Join-Path -Path $folder -ChildPath 'config\applicationHost.config')) {
            return $folder
        }
    }
    return $null
}

function Get-EasSettingItem($WebServer, [string] $Location, $FileLevel, [bool] $Inherit) {
    foreach ($entry in $EasSettings) {
        $section = $entry.Split('|')[0]
        $name = $entry.Split('|')[1]
        foreach ($node in $WebServer.SelectNodes($section)) {
            $owner = $node
            $attribute = $name
            if ($name.IndexOf('/') -ge 0) {
                $owner = $node.SelectSingleNode($name.Split('/')[0])
                $attribute = $name.Split('/')[1]
            }
            $value = $null
            $isElsewhere = $node.HasAttribute('configSource') -or $node.HasAttribute('configProtectionProvider')
            $isSet = ($null -ne $owner) -and $owner.HasAttribute($attribute)
            if ($isSet -and (-not $isElsewhere)) {
                $value = $owner.GetAttribute($attribute)
            }
            if ($isSet -or $isElsewhere) {
                Get-EasObjectJson @(
                    (Get-EasMember 'kind' 'setting'),
                    (Get-EasMember 'level' $Location),
                    (Get-EasMember 'section' $section),
                    (Get-EasMember 'name' $name),
                    (Get-EasMember 'value' $value),
                    (Get-EasMember 'file_level' $FileLevel),
                    (Get-EasMember 'inherit' $Inherit)
                )
            }
        }
    }
    foreach ($node in $WebServer.SelectNodes('security/authentication/windowsAuthentication')) {
        $operations = @()
        foreach ($child in $node.SelectNodes('providers/*')) {
            if ($child.LocalName -eq 'clear') {
                $operations += 'clear'
            }
            elseif ($child.LocalName -eq 'add') {
                $operations += '+' + $child.GetAttribute('value')
            }
            elseif ($child.LocalName -eq 'remove') {
                $operations += '-' + $child.GetAttribute('value')
            }
        }
        if ($operations.Length -gt 0) {
            Get-EasObjectJson @(
                (Get-EasMember 'kind' 'setting'),
                (Get-EasMember 'level' $Location),
                (Get-EasMember 'section' 'security/authentication/windowsAuthentication'),
                (Get-EasMember 'name' 'providers'),
                (Get-EasMember 'value' $operations),
                (Get-EasMember 'file_level' $FileLevel),
                (Get-EasMember 'inherit' $Inherit)
            )
        }
    }
}

function Get-EasLockItem($WebServer, [string] $Location, $FileLevel, [string] $Mode) {
    foreach ($section in $EasSections) {
        foreach ($node in $WebServer.SelectNodes($section)) {
            if (($Mode -eq 'Allow') -or ($Mode -eq 'Deny')) {
                Get-EasObjectJson @(
                    (Get-EasMember 'kind' 'lock'),
                    (Get-EasMember 'level' $Location),
                    (Get-EasMember 'section' $section),
                    (Get-EasMember 'allow' ($Mode -eq 'Allow')),
                    (Get-EasMember 'attribute' $null),
                    (Get-EasMember 'file_level' $FileLevel)
                )
            }
            foreach ($attribute in $node.GetAttribute('lockAttributes').Split(',')) {
                if ($attribute.Trim() -ne '') {
                    Get-EasObjectJson @(
                        (Get-EasMember 'kind' 'lock'),
                        (Get-EasMember 'level' $Location),
                        (Get-EasMember 'section' $section),
                        (Get-EasMember 'allow' $false),
                        (Get-EasMember 'attribute' $attribute.Trim()),
                        (Get-EasMember 'file_level' $FileLevel)
                    )
                }
            }
        }
    }
}

function Get-EasFileItem($Xml, [string] $Base, $FileLevel) {
    foreach ($node in $Xml.SelectNodes('/configuration/system.webServer')) {
        Get-EasSettingItem $node $Base $FileLevel $true
        Get-EasLockItem $node $Base $FileLevel ''
    }
    foreach ($location in $Xml.SelectNodes('/configuration/location')) {
        $path = ($Base + '/' + $location.GetAttribute('path')).Trim('/')
        $mode = $location.GetAttribute('overrideMode')
        if ($mode -eq '') {
            if ($location.GetAttribute('allowOverride') -eq 'false') {
                $mode = 'Deny'
            }
            elseif ($location.GetAttribute('allowOverride') -eq 'true') {
                $mode = 'Allow'
            }
        }
        $inherit = $location.GetAttribute('inheritInChildApplications') -ne 'false'
        # Of other vdirs nothing is wanted: the server's own level, each site, and ActiveSync.
        $isWanted = ($path -eq '') -or ($path -eq '.') -or ($path.IndexOf('/') -lt 0) -or ($path -match ('/' + $EasActiveSync))
        if ($isWanted) {
            foreach ($node in $location.SelectNodes('system.webServer')) {
                Get-EasSettingItem $node $path $FileLevel $inherit
                Get-EasLockItem $node $path $FileLevel $mode
            }
        }
    }
}

function Get-EasApplicationItem($Site) {
    # The root and ActiveSync, each with the folder that may hold a web.config.
    foreach ($application in $Site.SelectNodes('application')) {
        foreach ($directory in $application.SelectNodes('virtualDirectory')) {
            $path = ($application.GetAttribute('path').TrimEnd('/') + '/' + $directory.GetAttribute('path').Trim('/')).TrimEnd('/')
            if (($path -eq '') -or ($path -eq ('/' + $EasActiveSync))) {
                Get-EasObjectJson @(
                    (Get-EasMember 'kind' 'application'),
                    (Get-EasMember 'site' $Site.GetAttribute('name')),
                    (Get-EasMember 'path' $path),
                    (Get-EasMember 'pool' $application.GetAttribute('applicationPool')),
                    (Get-EasMember 'folder' $directory.GetAttribute('physicalPath'))
                )
            }
        }
    }
}

function Get-EasWebConfigItem($Site, [string] $ConfigFolder) {
    foreach ($application in $Site.SelectNodes('application')) {
        foreach ($directory in $application.SelectNodes('virtualDirectory')) {
            $path = ($application.GetAttribute('path').TrimEnd('/') + '/' + $directory.GetAttribute('path').Trim('/')).TrimEnd('/')
            if (($path -eq '') -or ($path -eq ('/' + $EasActiveSync))) {
                $level = $Site.GetAttribute('name') + $path
                $folder = [System.Environment]::ExpandEnvironmentVariables($directory.GetAttribute('physicalPath'))
                $file = Join-Path -Path $folder -ChildPath 'web.config'
                if ($folder.StartsWith('\\')) {
                    [void] $EasNotes.Add('not read: the folder of ' + $level + ' is on a network share')
                }
                elseif (Test-Path -LiteralPath $file) {
                    $xml = Get-EasXml $file
                    Get-EasObjectJson @((Get-EasMember 'kind' 'web.config'), (Get-EasMember 'level' $level), (Get-EasMember 'present' $true))
                    Get-EasFileItem $xml $level $level
                }
                elseif (Test-Path -LiteralPath $folder) {
                    Get-EasObjectJson @((Get-EasMember 'kind' 'web.config'), (Get-EasMember 'level' $level), (Get-EasMember 'present' $false))
                }
                else {
                    [void] $EasNotes.Add('not read: the folder of ' + $level + ' is not there')
                }
            }
        }
    }
}

function Get-EasIisItem([string] $Folder) {
    $xml = Get-EasXml (Join-Path -Path $Folder -ChildPath 'config\applicationHost.config')
    foreach ($section in $EasSections) {
        $query = "/configuration/configSections/sectionGroup[@name='system.webServer']"
        $parts = $section.Split('/')
        for ($i = 0; $i -lt ($parts.Length - 1); $i++) {
            $query += "/sectionGroup[@name='" + $parts[$i] + "']"
        }
        $query += "/section[@name='" + $parts[$parts.Length - 1] + "']"
        $declared = $xml.SelectSingleNode($query)
        if ($null -ne $declared) {
            $isOpen = $declared.GetAttribute('overrideModeDefault') -ne 'Deny'
            Get-EasObjectJson @((Get-EasMember 'kind' 'section'), (Get-EasMember 'section' $section), (Get-EasMember 'unlocked' $isOpen))
        }
    }
    foreach ($module in $xml.SelectNodes('/configuration/system.webServer/globalModules/add')) {
        if ($module.GetAttribute('name') -match 'CertificateMappingAuthenticationModule$') {
            Get-EasObjectJson @((Get-EasMember 'kind' 'module'), (Get-EasMember 'name' $module.GetAttribute('name')))
        }
    }
    foreach ($site in $xml.SelectNodes('/configuration/system.applicationHost/sites/site')) {
        $bindings = @()
        foreach ($binding in $site.SelectNodes("bindings/binding[@protocol='https']")) {
            $bindings += $binding.GetAttribute('bindingInformation')
        }
        Get-EasObjectJson @((Get-EasMember 'kind' 'site'), (Get-EasMember 'name' $site.GetAttribute('name')), (Get-EasMember 'bindings' $bindings))
        Get-EasApplicationItem $site
        Get-EasWebConfigItem $site $Folder
    }
    Get-EasFileItem $xml '' $null
}

function Get-EasMetabaseItem([string] $Path, [string] $Location) {
    # IIS 6: the chosen keys of one place of the metabase of this server.
    $entry = New-Object -TypeName System.DirectoryServices.DirectoryEntry -ArgumentList ('IIS://localhost/' + $Path)
    foreach ($key in $EasMetabaseKeys) {
        $property = $entry.Properties[$key]
        if (($null -ne $property) -and ($null -ne $property.Value)) {
            $value = $property.Value
            if ($key -eq 'SecureBindings') {
                $value = @($value)
            }
            Get-EasObjectJson @((Get-EasMember 'location' $Location), (Get-EasMember 'name' $key), (Get-EasMember 'value' $value))
        }
    }
    foreach ($child in $entry.Children) {
        if (($child.SchemaClassName -eq 'IIsWebServer') -and ($Path -eq 'W3SVC')) {
            Get-EasMetabaseItem ($Path + '/' + $child.Name) ($Location + '/' + $child.Name)
            Get-EasMetabaseItem ($Path + '/' + $child.Name + '/ROOT') ($Location + '/' + $child.Name + '/ROOT')
        }
        elseif (($child.Name -eq $EasActiveSync) -or (($child.Name -eq 'Proxy') -and ($Path -match $EasActiveSync))) {
            Get-EasMetabaseItem ($Path + '/' + $child.Name) ($Location + '/' + $child.Name)
        }
    }
}

# ---------------------------------------------------------------- sections and the file

function Save-EasProblem($Problems) {
    # What a command complained of while it went on: the list may then be incomplete, and that must be seen.
    foreach ($problem in @($Problems)) {
        if ($null -ne $problem) {
            [void] $EasProblems.Add($problem.ToString())
        }
    }
}

function Get-EasSectionItem([string] $Section) {
    switch ($Section) {
        'Get-ExchangeServer' {
            Get-EasServerItem
        }
        'Get-ActiveSyncVirtualDirectory -ADPropertiesOnly' {
            Get-EasVdirItem $true
        }
        'Get-ActiveSyncVirtualDirectory' {
            Get-EasVdirItem $false
        }
        'Get-ClientAccessServer' {
            Get-EasClientAccessItem $false
        }
        'Get-ClientAccessService' {
            Get-EasClientAccessItem $true
        }
        'Get-OutlookAnywhere' {
            Get-EasOutlookAnywhereItem
        }
        'Get-ADSite' {
            Get-EasSiteItem
        }
        'Get-WindowsFeature' {
            Get-EasFeatureItem
        }
        'netsh http show sslcert' {
            Get-EasBindingItem
        }
        'IIS' {
            Get-EasIisItem (Get-EasConfigFolder)
        }
        'IIS 6 metabase' {
            Get-EasMetabaseItem 'W3SVC' '/LM/W3SVC'
        }
    }
}

function Get-EasSectionJson([string] $Section) {
    $started = [System.DateTime]::UtcNow
    $EasProblems.Clear()
    $items = @()
    $failure = $null
    try {
        $items = @(Get-EasSectionItem $Section)
    }
    catch {
        $failure = $_.Exception.Message
    }
    $isCut = $items.Length -gt $EasMostItems
    if ($isCut) {
        $items = $items[0..($EasMostItems - 1)]
    }
    if (($null -eq $failure) -and ($EasProblems.Count -gt 0)) {
        $failure = [System.String]::Join('; ', $EasProblems.ToArray())
        $isCut = $true
    }
    $ok = ($null -eq $failure) -or ($items.Length -gt 0)
    $seconds = ([System.DateTime]::UtcNow - $started).TotalSeconds
    if ($null -eq $failure) {
        Write-Host ('  ' + $Section + ': ' + $items.Length.ToString($EasInvariant))
    }
    else {
        Write-Warning ('  ' + $Section + ': ' + $failure)
    }
    return '{' + [System.String]::Join(',', @(
        (Get-EasMember 'name' $Section),
        (Get-EasMember 'ok' $ok),
        (Get-EasMember 'error' $failure),
        ('"seconds":' + $seconds.ToString('0.0', $EasInvariant)),
        (Get-EasMember 'truncated' $isCut),
        ('"items":[' + [System.String]::Join(',', $items) + ']')
    )) + '}'
}

function Get-EasSectionName {
    $names = @('Get-ExchangeServer')
    if (Test-EasParameter 'Get-ActiveSyncVirtualDirectory' 'ADPropertiesOnly') {
        $names += 'Get-ActiveSyncVirtualDirectory -ADPropertiesOnly'
    }
    $names += 'Get-ActiveSyncVirtualDirectory'
    if ($null -ne (Get-Command -Name 'Get-ClientAccessService' -ErrorAction SilentlyContinue)) {
        $names += 'Get-ClientAccessService'
    }
    else {
        $names += 'Get-ClientAccessServer'
    }
    $names += 'Get-OutlookAnywhere'
    $names += 'Get-ADSite'
    if (-not $NoIis) {
        $names += 'Get-WindowsFeature'
        if ($null -ne (Get-EasConfigFolder)) {
            $names += 'IIS'
        }
        else {
            $names += 'IIS 6 metabase'
        }
        $names += 'netsh http show sslcert'
    }
    return $names
}

function Get-EasHostJson {
    $domain = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().DomainName
    $fqdn = $env:COMPUTERNAME
    if ($domain -ne '') {
        $fqdn = $env:COMPUTERNAME + '.' + $domain
    }
    Add-EasName $fqdn
    return (Get-EasObjectJson @(
        (Get-EasMember 'name' $env:COMPUTERNAME),
        (Get-EasMember 'fqdn' $fqdn),
        (Get-EasMember 'os' ([System.Environment]::OSVersion.Version.ToString())),
        (Get-EasMember 'powershell' ($Host.Version.ToString())),
        (Get-EasMember 'culture' ([System.Globalization.CultureInfo]::CurrentCulture.Name))
    ))
}

function Get-EasOwnHash([string] $Path) {
    # Of this file, so that the reader can tell whether it was changed on the way.
    if (($Path -eq '') -or (-not (Test-Path -LiteralPath $Path))) {
        return $null
    }
    $sha = New-Object -TypeName System.Security.Cryptography.SHA256Managed
    $bytes = $sha.ComputeHash([System.IO.File]::ReadAllBytes($Path))
    return [System.BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
}

function Export-EasPlain([string] $Path) {
    # Where policy allows no .NET calls (constrained language): plain objects, which easwizard reads as well.
    $(
        Get-ExchangeServer | Select-Object -Property $EasOfServer
        Get-ActiveSyncVirtualDirectory | Select-Object -Property $EasOfVdir
        Get-ADSite | Select-Object -Property $EasOfSite
    ) | Export-Clixml -Path $Path
}

function Get-EasOutFile {
    if (($OutFile -ne '') -and (Split-Path -Path $OutFile -IsAbsolute)) {
        return $OutFile
    }
    if ($OutFile -ne '') {
        return (Join-Path -Path (Get-Location).Path -ChildPath $OutFile)
    }
    $stamp = Get-Date -Format 'yyyyMMddHHmmss'
    return (Join-Path -Path (Get-Location).Path -ChildPath ('easwizard-' + $env:COMPUTERNAME + '-' + $stamp + '.json'))
}

$EasTarget = Get-EasOutFile
$EasMode = $ExecutionContext.SessionState.LanguageMode

if ($null -eq (Get-Command -Name 'Get-ExchangeServer' -ErrorAction SilentlyContinue)) {
    Write-Warning 'This shell has no Exchange commands. Please use the Exchange Management Shell.'
}
elseif (($EasTarget -like '\\*') -or ($EasTarget -like '*::*')) {
    Write-Warning 'OutFile must be on this machine, not on a network share.'
}
elseif (Test-Path -LiteralPath $EasTarget) {
    Write-Warning 'OutFile is already there and is not overwritten.'
}
elseif (($null -ne $EasMode) -and ($EasMode.ToString() -ne 'FullLanguage')) {
    Write-Warning 'PowerShell is restricted here: IIS is left out, and the file is written by Export-Clixml.'
    Export-EasPlain $EasTarget
}
else {
    $EasInvariant = [System.Globalization.CultureInfo]::InvariantCulture
    $EasNotes = New-Object -TypeName System.Collections.ArrayList
    $EasProblems = New-Object -TypeName System.Collections.ArrayList
    Write-Host 'easwizard: reading. Nothing is changed.'
    $EasHost = Get-EasHostJson
    $EasParts = @()
    foreach ($name in (Get-EasSectionName)) {
        $EasParts += Get-EasSectionJson $name
    }
    if ($Anonymize) {
        # Names met later stood unhidden in what was read before: with all names known, once more.
        $EasHost = Get-EasHostJson
        $EasParts = @()
        foreach ($name in (Get-EasSectionName)) {
            $EasParts += Get-EasSectionJson $name
        }
    }
    $EasText = '{"format":"easwizard-evidence","version":1,' + [System.String]::Join(',', @(
        (Get-EasMember 'created_utc' ([System.DateTime]::UtcNow)),
        ('"collector":' + (Get-EasObjectJson @((Get-EasMember 'version' $EasVersion), (Get-EasMember 'sha256' (Get-EasOwnHash ([string] $MyInvocation.MyCommand.Path)))))),
        (Get-EasMember 'anonymized' ([bool] $Anonymize)),
        ('"host":' + $EasHost),
        ('"sections":[' + [System.String]::Join(',', $EasParts) + ']'),
        (Get-EasMember 'notes' $EasNotes)
    )) + '}'
    $EasEncoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    [System.IO.File]::WriteAllText($EasTarget, $EasText, $EasEncoding)
    Write-Host ('easwizard: written to ' + $EasTarget)
}
