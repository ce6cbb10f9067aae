@echo off
rem Installs easwizard from this folder: no network, no admin rights. Options are handed on to install.py.
setlocal
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
set "python="
call :try py -3.14
call :try py -3.13
call :try py -3.12
call :try py -3.11
call :try python
if not defined python goto none
%python% "%~dp0install.py" %*
exit /b %errorlevel%

:none
echo There is no Python here. README.txt says which one to install and how, without admin rights.
exit /b 2

:try
if defined python exit /b 0
%* -c "" >nul 2>nul
if %errorlevel%==0 set "python=%*"
exit /b 0
